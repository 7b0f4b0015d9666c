// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a policy variable
import { describe, expect, it } from 'vitest';
import { createIam } from '../../../local/runtime/iam/create-iam.ts';
import { lambdaTrust } from '../setup/doorway.ts';

const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders';
const roleArn = 'arn:aws:iam::123456789012:role/reader';

function iamWith(...statements: Record<string, unknown>[]) {
  const logs: string[] = [];
  const iam = createIam({
    partition: 'aws',
    accountId: '123456789012',
    logs: { write: (source, line) => void logs.push(`[${source}] ${line}`) },
  });
  iam.addRole({ arn: roleArn, name: 'reader', managedPolicyArns: [], trustPolicy: lambdaTrust });
  iam.addPolicy('reader', 'policy', { Version: '2012-10-17', Statement: statements });
  return { iam, logs };
}

function allows(
  statements: Record<string, unknown>[],
  action: string,
  resource: string,
  keys?: string[],
): boolean {
  const context = () => (keys ? { 'dynamodb:LeadingKeys': keys } : {}) as Record<string, string[]>;
  return iamWith(...statements).iam.authorize({ name: 'orders', roleArn }, action, resource, context).allowed;
}

const allow = (more: Record<string, unknown>) => ({ Effect: 'Allow', ...more });
const deny = (more: Record<string, unknown>) => ({ Effect: 'Deny', ...more });

describe('a policy allows what it says and nothing else', () => {
  it.each<[string, Record<string, unknown>[], string, string, boolean]>([
    [
      'its action on its resource',
      [allow({ Action: 'dynamodb:Query', Resource: table })],
      'dynamodb:Query',
      table,
      true,
    ],
    [
      'lists',
      [allow({ Action: ['a:B', 'dynamodb:Query'], Resource: ['x', table] })],
      'dynamodb:Query',
      table,
      true,
    ],
    ['another action', [allow({ Action: 'dynamodb:Query', Resource: table })], 'dynamodb:Scan', table, false],
    [
      'another resource',
      [allow({ Action: 'dynamodb:Query', Resource: table })],
      'dynamodb:Query',
      `${table}2`,
      false,
    ],
    [
      'an index, which the table does not cover',
      [allow({ Action: '*', Resource: table })],
      'dynamodb:Query',
      `${table}/index/i`,
      false,
    ],
    [
      'an index by wildcard',
      [allow({ Action: '*', Resource: `${table}/index/*` })],
      'dynamodb:Query',
      `${table}/index/i`,
      true,
    ],
    [
      'a wildcard in the action',
      [allow({ Action: 'dynamodb:*Item', Resource: '*' })],
      'dynamodb:PutItem',
      table,
      true,
    ],
    [
      'a question mark for one character',
      [allow({ Action: 'sqs:?etQueue', Resource: '*' })],
      'sqs:GetQueue',
      'q',
      true,
    ],
    ['a dot that is only a dot', [allow({ Action: 'sqs:Send', Resource: 'a.b' })], 'sqs:Send', 'axb', false],
    [
      'actions without regard to case',
      [allow({ Action: 'DynamoDB:query', Resource: '*' })],
      'dynamodb:Query',
      table,
      true,
    ],
    [
      'resources with regard to case',
      [allow({ Action: '*', Resource: table.toUpperCase() })],
      'dynamodb:Query',
      table,
      false,
    ],
    ['NotAction', [allow({ NotAction: 'dynamodb:Scan', Resource: '*' })], 'dynamodb:Query', table, true],
    [
      'NotAction, what it excepts',
      [allow({ NotAction: 'dynamodb:Scan', Resource: '*' })],
      'dynamodb:Scan',
      table,
      false,
    ],
    ['NotResource', [allow({ Action: '*', NotResource: table })], 'dynamodb:Query', table, false],
    ['nothing at all', [], 'dynamodb:Query', table, false],
    [
      'a Deny before any Allow',
      [allow({ Action: '*', Resource: '*' }), deny({ Action: 'dynamodb:Query', Resource: table })],
      'dynamodb:Query',
      table,
      false,
    ],
  ])('%s', (_, statements, action, resource, expected) => {
    expect(allows(statements, action, resource)).toBe(expected);
  });
});

describe('a condition on dynamodb:LeadingKeys', () => {
  const onKeys = (operator: string, pattern: string | string[]) => [
    allow({ Action: '*', Resource: '*', Condition: { [operator]: { 'dynamodb:LeadingKeys': pattern } } }),
  ];

  it.each<[string, string | string[], string[] | undefined, boolean]>([
    ['StringEquals', 'a', ['a'], true],
    ['StringEquals', 'a*', ['ab'], false],
    ['StringLike', 'a*', ['ab'], true],
    ['StringLike', 'a*', undefined, false],
    ['ForAllValues:StringLike', ['a*', 'b'], ['ab', 'b'], true],
    ['ForAllValues:StringLike', 'a*', ['ab', 'c'], false],
    ['ForAllValues:StringLike', 'a*', undefined, true],
    ['ForAnyValue:StringEquals', 'a', ['b', 'a'], true],
    ['ForAnyValue:StringEquals', 'a', undefined, false],
  ])('%s %j of %j is %s', (operator, pattern, keys, expected) => {
    expect(allows(onKeys(operator, pattern), 'dynamodb:Query', table, keys)).toBe(expected);
  });
});

describe('what a policy says and nobody here can judge stops the start', () => {
  it.each<[Record<string, unknown>, string]>([
    [
      { Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
      'Condition operator "IpAddress" is not supported; supported are StringEquals and StringLike',
    ],
    [
      { Action: '*', Resource: '*', Condition: { StringEquals: { 'aws:PrincipalTag/team': 'a' } } },
      'Condition key "aws:PrincipalTag/team" is not supported',
    ],
    [{ Action: '*', Resource: 'arn:aws:s3:::${aws:username}' }, 'Policy variables are not supported'],
    [{ Action: '*', Resource: '*', NotPrincipal: '*' }, 'A policy statement has the element "NotPrincipal"'],
    [{ Resource: '*' }, 'neither Action nor NotAction'],
    [{ Action: 'a:B' }, 'MalformedPolicyDocument: A policy statement has neither Resource nor NotResource'],
    [
      { Action: 'a:B', NotAction: 'a:C', Resource: '*' },
      'MalformedPolicyDocument: A policy statement has both Action and NotAction',
    ],
    [{ Action: 'a:B', Resource: 'a', NotResource: 'b' }, 'has both Resource and NotResource'],
    [
      { Action: 'a:B', Resource: '*', Principal: { Service: 'lambda.amazonaws.com' } },
      'MalformedPolicyDocument: A policy statement has the element "Principal"',
    ],
    [{ Action: 1, Resource: '*' }, 'Action is 1; expected a string or a list of strings'],
    [{ Effect: 'Perhaps', Action: '*', Resource: '*' }, 'Effect is "Perhaps"; expected Allow or Deny'],
  ])('%j', (statement, message) => {
    expect(() => iamWith(allow(statement))).toThrow(message);
  });

  it('another version of the language than 2012-10-17, by its date', () => {
    const { iam } = iamWith();
    const Statement = { Effect: 'Allow', Action: 'a:B', Resource: '*' };
    expect(() => iam.addPolicy('reader', 'old', { Version: '2008-10-17', Statement })).toThrow(
      'Policy version "2008-10-17" is not supported; supported is 2012-10-17.',
    );
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' }, Resource: '*' },
      'MalformedPolicyDocument: A statement of the trust policy has the element "Resource"',
    ],
    [{ Action: 'sts:AssumeRole' }, 'Principal of the trust policy is missing'],
    [{ Action: 'sts:AssumeRole', Principal: '*' }, 'Principal of the trust policy is "*"'],
    [{ Action: 'sts:AssumeRole', Principal: { AWS: '*' } }, 'Principal of the trust policy has {"AWS":"*"}'],
    [{ Action: 'sts:AssumeRole', Principal: { Robot: 'r' } }, 'the trust policy has {"Robot":"r"}'],
    [{ Principal: { Service: 'lambda.amazonaws.com' } }, 'neither Action nor NotAction'],
  ])('a trust policy of %j', (statement, message) => {
    const trustPolicy = { Version: '2012-10-17', Statement: [allow(statement)] };
    expect(() => iamWith().iam.addRole({ arn: 'a', name: 'a', managedPolicyArns: [], trustPolicy })).toThrow(
      message,
    );
  });

  it('an AWS managed policy that is not known, by its ARN, with those that are', () => {
    const { iam } = iamWith();
    const unknown = 'arn:aws:iam::aws:policy/AdministratorAccess';
    expect(() =>
      iam.addRole({ arn: 'a', name: 'a', managedPolicyArns: [unknown], trustPolicy: lambdaTrust }),
    ).toThrow(/AdministratorAccess is not known; known are .*AWSLambdaBasicExecutionRole/);
  });
});

describe('a refusal', () => {
  it("is AWS's sentence and one line in the log that names function, action and resource", () => {
    const { iam, logs } = iamWith();
    expect(iam.authorize({ name: 'broadcast', roleArn }, 'dynamodb:Query', table)).toEqual({
      allowed: false,
      reason: `User: arn:aws:sts::123456789012:assumed-role/reader/broadcast is not authorized to perform: dynamodb:Query on resource: ${table} because no identity-based policy allows the dynamodb:Query action`,
    });
    expect(logs).toEqual([
      `[iam] broadcast was denied dynamodb:Query on resource: ${table} because no identity-based policy allows the dynamodb:Query action of role reader`,
    ]);
  });

  it('says so when it is by an explicit Deny', () => {
    const { iam } = iamWith(deny({ Action: '*', Resource: '*' }));
    const decision = iam.authorizeRole(roleArn, 'sqs:SendMessage', 'q');
    expect(decision).toMatchObject({
      reason: expect.stringContaining('with an explicit deny in an identity-based policy'),
    });
  });
});

describe('a role', () => {
  it('takes managed policies of the template when it is made, and later', () => {
    const { iam } = iamWith();
    iam.addManagedPolicy('arn:managed', { Statement: { Effect: 'Allow', Action: 'a:B', Resource: '*' } });
    iam.addRole({
      arn: 'arn:second',
      name: 'second',
      managedPolicyArns: ['arn:managed'],
      trustPolicy: lambdaTrust,
    });
    iam.attachManagedPolicy('reader', 'arn:managed');
    expect(iam.authorizeRole('arn:second', 'a:B', 'x').allowed).toBe(true);
    expect(iam.authorizeRole(roleArn, 'a:B', 'x').allowed).toBe(true);
  });

  it('gives its keys to functions only when Lambda may assume it', () => {
    const { iam } = iamWith();
    const trustPolicy = {
      Statement: [
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'apigateway.amazonaws.com' } },
      ],
    };
    iam.addRole({ arn: 'arn:gateway', name: 'gateway', managedPolicyArns: [], trustPolicy });
    expect(() => iam.issueKey({ name: 'orders', roleArn: 'arn:gateway' })).toThrow(
      'The role arn:gateway defined for the function orders cannot be assumed by Lambda.',
    );
    expect(() => iam.issueKey({ name: 'orders', roleArn: 'arn:nobody' })).toThrow('cannot be assumed');
  });

  const lambda = { Service: ['edgelambda.amazonaws.com', 'lambda.amazonaws.com'] };
  const assume = { Action: 'sts:AssumeRole', Principal: lambda };

  it.each<[string, Record<string, unknown>[], boolean]>([
    ['allows it among others', [allow(assume)], true],
    ['allows every action', [allow({ ...assume, Action: 'sts:*' })], true],
    ['allows another action', [allow({ ...assume, Action: 'sts:TagSession' })], false],
    ['only denies it', [deny(assume)], false],
    ['allows and denies it', [allow(assume), deny(assume)], false],
    ['allows it and denies another', [allow(assume), deny({ ...assume, Principal: { AWS: '1' } })], true],
    [
      'allows it under a condition that does not hold',
      [allow({ ...assume, Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'a' } } })],
      false,
    ],
  ])('whose trust policy %s', (_, Statement, expected) => {
    const { iam } = iamWith();
    const trustPolicy = { Version: '2012-10-17', Statement };
    iam.addRole({ arn: 'arn:trust', name: 'trust', managedPolicyArns: [], trustPolicy });
    const issue = () => iam.issueKey({ name: 'orders', roleArn: 'arn:trust' });
    if (expected) expect(issue).not.toThrow();
    else
      expect(issue).toThrow(
        'The role arn:trust defined for the function orders cannot be assumed by Lambda.',
      );
  });

  it('has a name of its own', () => {
    const { iam } = iamWith();
    const second = { arn: 'arn:other', name: 'reader', managedPolicyArns: [], trustPolicy: lambdaTrust };
    expect(() => iam.addRole(second)).toThrow('Role with name reader already exists.');
  });

  it('is not there for policies before it is made', () => {
    expect(() => iamWith().iam.addPolicy('nobody', 'p', { Statement: [] })).toThrow(
      'The role with name nobody cannot be found.',
    );
  });
});

describe('keys', () => {
  it("are a role's temporary ones for functions and a user's for the operator, who may do everything", () => {
    const { iam } = iamWith();
    const temporary = iam.issueKey({ name: 'orders', roleArn });
    const operator = iam.issueKey({ name: 'operator', roleArn: 'operator' });
    expect(temporary.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(temporary.sessionToken).toBeDefined();
    expect(operator.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(operator.sessionToken).toBeUndefined();
    expect(iam.callerOf(temporary.accessKeyId)?.caller.name).toBe('orders');
    expect(iam.authorize({ name: 'operator', roleArn: 'operator' }, 'dynamodb:PutItem', table).allowed).toBe(
      true,
    );
  });
});
