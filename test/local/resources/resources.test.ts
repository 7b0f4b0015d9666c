import { describe, expect, it, onTestFinished } from 'vitest';
import { supportOf } from '../../../local/resources/registry.ts';
import type { CreatedResource } from '../../../local/resources/resource-support.ts';
import { type Doorway, lambdaTrust, openDoorway } from '../setup/doorway.ts';

async function doorwayOfTest(): Promise<Doorway> {
  const doorway = await openDoorway();
  onTestFinished(() => doorway.stop());
  return doorway;
}

async function create(
  { world }: Doorway,
  type: string,
  properties: Record<string, unknown>,
  logicalId = 'Thing',
): Promise<CreatedResource> {
  const support = supportOf(type);
  if (!support) throw new Error(`no support for ${type}`);
  return await support.create({ stack: 'orders', logicalId, type, properties }, world);
}

const keys = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};

describe('AWS::DynamoDB::GlobalTable', () => {
  const table = {
    ...keys,
    BillingMode: 'PAY_PER_REQUEST',
    TableName: 'orders',
    Replicas: [{ Region: 'us-east-1' }],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  };

  it('gives its name, its ARN and the ARN of its stream', async () => {
    const created = await create(await doorwayOfTest(), 'AWS::DynamoDB::GlobalTable', table);
    expect(created.ref).toBe('orders');
    expect(created.attributes).toEqual({
      Arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/orders',
      StreamArn: expect.stringMatching(/^arn:aws:dynamodb:us-east-1:123456789012:table\/orders\/stream\/2/),
    });
  });

  it.each([
    [
      { Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] },
      'Replicas are in us-east-1, eu-west-1; supported is one, in us-east-1',
    ],
    [{ Replicas: [{ Region: 'eu-west-1' }] }, 'Replicas are in eu-west-1; supported is one, in us-east-1'],
    [{ BillingMode: 'PROVISIONED' }, 'BillingMode is "PROVISIONED"; expected PAY_PER_REQUEST'],
    [{ BillingMode: undefined }, 'BillingMode is missing; supported is PAY_PER_REQUEST'],
    [
      { StreamSpecification: { StreamViewType: 'ALL' } },
      'StreamSpecification.StreamViewType is "ALL"; expected KEYS_ONLY or',
    ],
    [
      { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'arn:k' } },
      'SSESpecification.KMSMasterKeyId is "arn:k"; expected alias/aws/dynamodb',
    ],
    [
      { Replicas: [{ Region: 'us-east-1', SSESpecification: { KMSMasterKeyId: 'arn:k' } }] },
      'Replicas[0].SSESpecification.KMSMasterKeyId is "arn:k"; expected alias/aws/dynamodb',
    ],
    [{ KeySchema: [{ AttributeName: 'id' }] }, 'KeySchema[0].KeyType is missing; expected a string'],
    [
      { TimeToLiveSpecification: { Enabled: 'perhaps' } },
      'TimeToLiveSpecification.Enabled is "perhaps"; expected true or false',
    ],
  ])('refuses %j', async (changes, message) => {
    const doorway = await doorwayOfTest();
    await expect(create(doorway, 'AWS::DynamoDB::GlobalTable', { ...table, ...changes })).rejects.toThrow(
      message,
    );
  });
});

describe('AWS::DynamoDB::Table', () => {
  it('without a name or a stream has a name of CloudFormation’s and no StreamArn', async () => {
    const doorway = await doorwayOfTest();
    const created = await create(doorway, 'AWS::DynamoDB::Table', {
      ...keys,
      BillingMode: 'PAY_PER_REQUEST',
    });
    expect(created.ref).toMatch(/^orders-Thing-[0-9A-Z]{12}$/);
    expect(Object.keys(created.attributes)).toEqual(['Arn']);
  });

  it('has a name of its own', async () => {
    const doorway = await doorwayOfTest();
    const named = { ...keys, BillingMode: 'PAY_PER_REQUEST', TableName: 'orders' };
    await create(doorway, 'AWS::DynamoDB::Table', named);
    await expect(
      create(doorway, 'AWS::DynamoDB::GlobalTable', {
        ...named,
        Replicas: [{ Region: 'us-east-1' }],
      }),
    ).rejects.toThrow('The table orders already exists.');
  });

  it('that the engine does not take says why', async () => {
    const doorway = await doorwayOfTest();
    const named = { ...keys, BillingMode: 'PAY_PER_REQUEST', TableName: 'ab' };
    await expect(create(doorway, 'AWS::DynamoDB::Table', named)).rejects.toThrow(
      /length greater than or equal to 3/,
    );
  });
});

describe('AWS::IAM::Role, Policy and ManagedPolicy', () => {
  const statement = (Action: string) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

  it('together say what a function may do', async () => {
    const doorway = await doorwayOfTest();
    const managed = await create(
      doorway,
      'AWS::IAM::ManagedPolicy',
      { PolicyDocument: statement('managed:First') },
      'First',
    );
    const role = await create(doorway, 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: lambdaTrust,
      Path: '/service/',
      ManagedPolicyArns: [managed.ref, 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
      Policies: [{ PolicyName: 'own', PolicyDocument: statement('inline:Own') }],
    });
    await create(doorway, 'AWS::IAM::Policy', {
      PolicyName: 'attached',
      PolicyDocument: statement('inline:Attached'),
      Roles: [role.ref],
    });
    await create(
      doorway,
      'AWS::IAM::ManagedPolicy',
      { PolicyDocument: statement('managed:Second'), Roles: [role.ref] },
      'Second',
    );

    expect(role.ref).toMatch(/^orders-Thing-[0-9A-Z]{12}$/);
    const { Arn } = role.attributes;
    expect(Arn).toBe(`arn:aws:iam::123456789012:role/service/${role.ref}`);
    const may = (action: string) => doorway.world.iam.authorizeRole(String(Arn), action, 'x').allowed;
    expect(
      ['managed:First', 'inline:Own', 'inline:Attached', 'managed:Second', 'logs:PutLogEvents'].filter(may),
    ).toHaveLength(5);
    expect(may('sqs:SendMessage')).toBe(false);
  });
});

describe('AWS::SecretsManager::Secret', () => {
  const generated = async (properties: Record<string, unknown>) => {
    const doorway = await doorwayOfTest();
    const { ref } = await create(doorway, 'AWS::SecretsManager::Secret', properties);
    return doorway.world.secrets.value(ref);
  };

  it('has the value that is given', async () => {
    expect(await generated({ SecretString: 'given' })).toBe('given');
  });

  it('is 32 characters of every kind when nothing else is said', async () => {
    const value = await generated({ GenerateSecretString: { RequireEachIncludedType: true } });
    expect(value).toHaveLength(32);
    for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]) expect(value).toMatch(kind);
  });

  it('leaves out what is excluded', async () => {
    const value = await generated({
      GenerateSecretString: {
        PasswordLength: 500,
        ExcludeLowercase: true,
        ExcludePunctuation: true,
        ExcludeNumbers: true,
        ExcludeCharacters: 'ABC',
        IncludeSpace: true,
      },
    });
    expect(value).toMatch(/^[D-Z ]{500}$/);
  });

  it.each([
    [{}, 'the secret has no value'],
    [
      { SecretString: 'a', GenerateSecretString: {} },
      'the secret has SecretString and GenerateSecretString; expected one of them',
    ],
    [
      { SecretString: 'a', KmsKeyId: 'alias/mine' },
      'KmsKeyId is "alias/mine"; expected alias/aws/secretsmanager',
    ],
    [
      { GenerateSecretString: { GenerateStringKey: 'a' } },
      'needs SecretStringTemplate and GenerateStringKey together',
    ],
  ])('refuses %j', async (properties, message) => {
    await expect(generated(properties)).rejects.toThrow(message);
  });
});

describe('what is silent on a laptop is known by its name and attributes', () => {
  it.each<[string, Record<string, unknown>, string | RegExp, Record<string, unknown>]>([
    [
      'AWS::Logs::LogGroup',
      { LogGroupName: '/a' },
      '/a',
      { Arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/a:*' },
    ],
    [
      'AWS::Logs::MetricFilter',
      {
        FilterName: 'f',
        FilterPattern: '{ $.level = "ERROR" }',
        LogGroupName: '/a',
        MetricTransformations: [],
      },
      'f',
      {},
    ],
    [
      'AWS::CloudWatch::Alarm',
      { AlarmName: 'a' },
      'a',
      { Arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:a' },
    ],
    ['AWS::CloudWatch::Dashboard', { DashboardName: 'd', DashboardBody: '{}' }, 'd', {}],
    [
      'AWS::SNS::Topic',
      { TopicName: 't' },
      'arn:aws:sns:us-east-1:123456789012:t',
      { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', TopicName: 't' },
    ],
    [
      'AWS::SNS::Subscription',
      { TopicArn: 'arn:t', Protocol: 'email', Endpoint: 'a@b.c' },
      /^arn:t:[0-9a-z]{12}$/,
      { Arn: expect.any(String) },
    ],
    ['AWS::SNS::TopicPolicy', { PolicyDocument: {}, Topics: [] }, /^orders-Thing-/, {}],
    ['AWS::ApiGateway::Account', { CloudWatchRoleArn: 'arn:r' }, /^orders-Thing-/, {}],
    ['AWS::CDK::Metadata', { Analytics: 'v2:x' }, /^orders-Thing-/, {}],
  ])('%s', async (type, properties, ref, attributes) => {
    const created = await create(await doorwayOfTest(), type, properties);
    if (typeof ref === 'string') expect(created.ref).toBe(ref);
    else expect(created.ref).toMatch(ref);
    expect(created.attributes).toEqual(attributes);
  });

  it('but a subscription that would run something is refused', async () => {
    const doorway = await doorwayOfTest();
    await expect(
      create(doorway, 'AWS::SNS::Subscription', { TopicArn: 'arn:t', Protocol: 'lambda', Endpoint: 'arn:f' }),
    ).rejects.toThrow('Protocol is "lambda"; expected email or');
  });
});
