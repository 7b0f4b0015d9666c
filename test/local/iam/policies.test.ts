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
    [{ Action: 1, Resource: '*' }, 'Action is 1; expected a string or a list of strings'],
    [{ Effect: 'Perhaps', Action: '*', Resource: '*' }, 'Effect is "Perhaps"; expected Allow or Deny'],
  ])('%j', (statement, message) => {
    expect(() => iamWith(allow(statement))).toThrow(message);
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
