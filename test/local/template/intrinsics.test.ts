// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { describe, expect, it } from 'vitest';
import { isTrue, resolve } from '../../../local/template/intrinsics.ts';
import { createStackScope } from '../../../local/template/stack-scope.ts';

const template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'prod' },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Unset: { Type: 'String' },
    BootstrapVersion: {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/cdk-bootstrap/hnb659fds/version',
    },
  },
  Mappings: { Sizes: { 'us-east-1': { memory: 512 } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsTest: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsTest' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsTest' }] },
  },
};

const scope = createStackScope(
  { name: 'orders', template },
  { partition: 'aws', region: 'us-east-1', accountId: '123456789012', urlSuffix: 'amazonaws.com' },
  {
    created: new Map([
      ['Table', { ref: 'orders-Table-1', attributes: { Arn: 'arn:table', 'Endpoint.Address': 'host' } }],
    ]),
    exports: new Map([['data:TableArn', 'arn:exported']]),
  },
);

describe('an intrinsic function is resolved as CloudFormation resolves it', () => {
  it.each<[unknown, unknown]>([
    [{ Ref: 'Table' }, 'orders-Table-1'],
    [{ Ref: 'Stage' }, 'prod'],
    [{ Ref: 'Zones' }, ['a', 'b']],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::AccountId' }, '123456789012'],
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    [{ Ref: 'AWS::StackName' }, 'orders'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:table'],
    [{ 'Fn::GetAtt': 'Table.Endpoint.Address' }, 'host'],
    [{ 'Fn::GetAtt': ['Table', 'Endpoint.Address'] }, 'host'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, { Ref: 'AWS::NoValue' }, 3]] }, 'a-prod-3'],
    [{ 'Fn::Join': [',', { Ref: 'Zones' }] }, 'a,b'],
    [
      { 'Fn::Sub': '${AWS::Region}/${Table}/${Table.Arn}/${!Literal}' },
      'us-east-1/orders-Table-1/arn:table/${Literal}',
    ],
    [{ 'Fn::Sub': ['${Own}:${Stage}', { Own: { Ref: 'Table' } }] }, 'orders-Table-1:prod'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'x/y/z'] }] }, 'y'],
    [{ 'Fn::Select': ['0', ['first', 'second']] }, 'first'],
    [{ 'Fn::If': ['IsProd', { Ref: 'Stage' }, 'other'] }, 'prod'],
    [{ 'Fn::If': ['IsTest', 'yes', { 'Fn::GetAtt': ['Table', 'Arn'] }] }, 'arn:table'],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'memory'] }, 512],
    [{ 'Fn::ImportValue': { 'Fn::Sub': 'data:TableArn' } }, 'arn:exported'],
    [{ 'Fn::Base64': { Ref: 'Stage' } }, 'cHJvZA=='],
    [{ Ref: 'BootstrapVersion' }, '/cdk-bootstrap/hnb659fds/version'],
  ])('%j is %j', (value, expected) => {
    expect(resolve(value, scope)).toEqual(expected);
  });

  it('leaves out members and entries that are AWS::NoValue, however they come to be', () => {
    const value = {
      kept: [1, { Ref: 'AWS::NoValue' }, { 'Fn::If': ['IsTest', 2, { Ref: 'AWS::NoValue' }] }],
      gone: { Ref: 'AWS::NoValue' },
    };
    expect(resolve(value, scope)).toEqual({ kept: [1] });
  });

  it.each([
    ['IsProd', true],
    ['IsTest', false],
    ['Both', false],
    ['Either', true],
  ])('the condition %s is %s', (name, expected) => {
    expect(isTrue({ Condition: name }, scope)).toBe(expected);
  });

  it('takes an object with Ref beside other members for what it is: an object', () => {
    expect(resolve({ Ref: 'Table', other: 1 }, scope)).toEqual({ Ref: 'Table', other: 1 });
  });
});

describe('what cannot be resolved is refused by name', () => {
  it.each<[unknown, RegExp]>([
    [{ 'Fn::GetAZs': '' }, /Fn::GetAZs is not supported; supported are Ref, Fn::GetAtt/],
    [{ 'Fn::Cidr': ['10.0.0.0/16', 1, 8] }, /Fn::Cidr is not supported/],
    [{ Ref: 'Missing' }, /no resource "Missing"/],
    [{ Ref: 'Unset' }, /parameter "Unset" has no default/],
    [
      { 'Fn::GetAtt': ['Table', 'StreamArn'] },
      /Table\.StreamArn is not supported; it has Arn, Endpoint\.Address/,
    ],
    [{ 'Fn::GetAtt': ['Table', 'constructor'] }, /Table\.constructor is not supported/],
    [{ 'Fn::ImportValue': 'other' }, /no stack created before this one exports "other"/],
    [{ 'Fn::FindInMap': ['Sizes', 'eu-west-1', 'memory'] }, /nothing at Sizes\.eu-west-1\.memory/],
    [{ 'Fn::Select': [5, ['a']] }, /no entry 5 of 1/],
    [{ 'Fn::If': ['IsOther', 1, 2] }, /no condition "IsOther"/],
    [{ 'Fn::Join': ['-', [{ a: 1 }]] }, /Fn::Join meets \{"a":1\}; expected a string/],
    [{ 'Fn::Join': 'x' }, /Fn::Join has the argument "x"; expected a list of 2/],
  ])('%j', (value, message) => {
    expect(() => resolve(value, scope)).toThrow(message);
  });
});
