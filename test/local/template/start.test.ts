// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ExecutionOptions, LocalExecution } from '../../../local/execution-options.ts';
import { startLocalExecution } from '../../../local/local-execution.ts';
import { assemblyOf, assemblyOfResources } from '../setup/assembly-of.ts';

async function start(
  assemblyDirectory: string,
  options: Partial<ExecutionOptions> = {},
): Promise<LocalExecution> {
  const execution = await startLocalExecution({ assemblyDirectory, ...options });
  onTestFinished(() => execution.stop());
  return execution;
}

const table = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  },
};

const appSecret = {
  Type: 'AWS::SecretsManager::Secret',
  Properties: {
    GenerateSecretString: {
      SecretStringTemplate: '{"kept":"yes"}',
      GenerateStringKey: 'secret',
      PasswordLength: 40,
      ExcludePunctuation: true,
    },
  },
};

describe('stacks are created one after the other', () => {
  it('in the order of their dependencies, whatever the order of the manifest, and import what was exported', async () => {
    const execution = await start(
      await assemblyOf({
        web: {
          after: ['data'],
          template: {
            Resources: {
              Logs: {
                Type: 'AWS::Logs::LogGroup',
                Properties: {
                  LogGroupName: { 'Fn::Sub': ['/web/${Name}', { Name: { 'Fn::ImportValue': 'data:Logs' } }] },
                },
              },
            },
            Outputs: { Name: { Value: { Ref: 'Logs' } }, Arn: { Value: { 'Fn::GetAtt': ['Logs', 'Arn'] } } },
          },
        },
        data: {
          environment: 'aws://111122223333/eu-west-1',
          template: {
            Resources: { Logs: { Type: 'AWS::Logs::LogGroup' } },
            Outputs: { Logs: { Value: { Ref: 'Logs' }, Export: { Name: 'data:Logs' } } },
          },
        },
        silent: { template: { Resources: { Logs: { Type: 'AWS::Logs::LogGroup' } } } },
      }),
    );
    const name = execution.outputs.data?.Logs;
    expect(name).toMatch(/^data-Logs-[0-9A-Z]{12}$/);
    expect(execution.outputs.web).toEqual({
      Name: `/web/${name}`,
      Arn: `arn:aws:logs:eu-west-1:111122223333:log-group:/web/${name}:*`,
    });
    expect(Object.keys(execution.outputs).sort()).toEqual(['Local', 'data', 'web']);
    expect(execution.outputs.Local?.Region).toBe('eu-west-1');
  });

  it('leaves out resources and outputs whose condition is false', async () => {
    const execution = await start(
      await assemblyOfResources(
        {
          Off: { Type: 'AWS::Logs::LogGroup', Condition: 'Never' },
          On: {
            Type: 'AWS::Logs::LogGroup',
            Properties: { LogGroupName: { 'Fn::If': ['Never', { Ref: 'Off' }, 'on'] } },
          },
        },
        {
          Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'mars-1'] } },
          Outputs: {
            On: { Value: { Ref: 'On' } },
            Off: { Value: { Ref: 'Off' }, Condition: 'Never' },
          },
        },
      ),
    );
    expect(execution.outputs.orders).toEqual({ On: 'on' });
  });
});

describe('a generated secret', () => {
  it('is random, of the asked form, and handed to the operator as AppSecret', async () => {
    const assemblyDirectory = await assemblyOfResources(
      { AppSecret: appSecret },
      { Outputs: { AppSecretArn: { Value: { Ref: 'AppSecret' } } } },
    );
    const first = await start(assemblyDirectory);
    const second = await start(assemblyDirectory);
    expect(first.outputs.Local?.AppSecret).toMatch(/^[0-9A-Za-z]{40}$/);
    expect(second.outputs.Local?.AppSecret).not.toBe(first.outputs.Local?.AppSecret);
    expect(second.outputs.orders?.AppSecretArn).toBe(first.outputs.orders?.AppSecretArn);
    expect(first.outputs.orders?.AppSecretArn).toMatch(
      /^arn:aws:secretsmanager:us-east-1:123456789012:secret:AppSecret-[0-9A-Z]{12}-.{6}$/,
    );

    const { DynamoDbEndpoint, AccessKeyId, SecretAccessKey, AppSecret } = first.outputs.Local ?? {};
    const client = new SecretsManagerClient({
      endpoint: String(DynamoDbEndpoint),
      region: 'us-east-1',
      credentials: { accessKeyId: String(AccessKeyId), secretAccessKey: String(SecretAccessKey) },
    });
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: String(first.outputs.orders?.AppSecretArn) }),
    );
    client.destroy();
    expect(JSON.parse(String(SecretString))).toEqual({ kept: 'yes', secret: AppSecret });
  });

  it('can be referred to dynamically, whole or by a key of its JSON', async () => {
    const lines: string[] = [];
    const secret = { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"user":"u-1"}' } };
    const execution = await start(
      await assemblyOfResources(
        {
          Secret: secret,
          Logs: {
            Type: 'AWS::Logs::LogGroup',
            Properties: {
              LogGroupName: { 'Fn::Sub': 'of-{{resolve:secretsmanager:${Secret}:SecretString:user::}}' },
            },
          },
        },
        { Outputs: { Name: { Value: { Ref: 'Logs' } } } },
      ),
      { log: (line) => lines.push(line) },
    );
    expect(execution.outputs.orders?.Name).toBe('of-u-1');
  });
});

describe('a running execution', () => {
  it('shows the operator what is in a queue', async () => {
    const execution = await start(
      await assemblyOfResources(
        { DeadLetterCBA1EC64: { Type: 'AWS::SQS::Queue' } },
        { Outputs: { Url: { Value: { Ref: 'DeadLetterCBA1EC64' } } } },
      ),
    );
    expect(execution.messagesIn('DeadLetter')).toEqual([]);
    const { AccessKeyId, SecretAccessKey, DynamoDbEndpoint } = execution.outputs.Local ?? {};
    const client = new SQSClient({
      endpoint: String(DynamoDbEndpoint),
      region: 'us-east-1',
      credentials: { accessKeyId: String(AccessKeyId), secretAccessKey: String(SecretAccessKey) },
    });
    onTestFinished(() => client.destroy());
    const QueueUrl = String(execution.outputs.orders?.Url);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    expect(execution.messagesIn('DeadLetter')).toMatchObject([{ body: 'hello' }]);
  });

  it('leaves nothing behind when it stops', async () => {
    const assemblyDirectory = await assemblyOfResources({ Table: table, Queue: { Type: 'AWS::SQS::Queue' } });
    const before = process.getActiveResourcesInfo().length;
    const execution = await startLocalExecution({ assemblyDirectory });
    const endpoint = String(execution.outputs.Local?.DynamoDbEndpoint);
    expect((await fetch(endpoint, { method: 'POST' })).status).toBe(403);
    expect(process.getActiveResourcesInfo().length).toBeGreaterThan(before);
    await execution.stop();
    await expect(fetch(endpoint, { method: 'POST' })).rejects.toThrow('fetch failed');
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});

describe('a start that fails', () => {
  it.each([
    [
      'an import of nothing',
      { LogGroupName: { 'Fn::ImportValue': 'nobody:exports' } },
      'no stack created before this one exports "nobody:exports"',
    ],
    [
      'an unknown dynamic reference',
      { LogGroupName: '{{resolve:ssm:/name}}' },
      'the dynamic reference {{resolve:ssm:/name}} is not supported',
    ],
    ['a value of the wrong kind', { LogGroupName: { a: 1 } }, 'LogGroupName is {"a":1}; expected a string'],
  ])('says where: %s', async (_, Properties, message) => {
    const assemblyDirectory = await assemblyOfResources({
      Logs: { Type: 'AWS::Logs::LogGroup', Properties },
    });
    await expect(startLocalExecution({ assemblyDirectory })).rejects.toThrow(`orders / Logs: ${message}`);
  });

  it.each([
    ['a list', { Value: ['a'] }, 'Value is ["a"]; expected a string'],
    ['nothing', { Value: { Ref: 'AWS::NoValue' } }, 'Value is missing; expected a string'],
    [
      'a string exported under a list',
      { Value: 'a', Export: { Name: ['a'] } },
      'Export.Name is ["a"]; expected a string',
    ],
  ])('says which output is no string: %s', async (_, Odd, message) => {
    const logs = { Logs: { Type: 'AWS::Logs::LogGroup' } };
    const assemblyDirectory = await assemblyOfResources(logs, { Outputs: { Odd } });
    await expect(startLocalExecution({ assemblyDirectory })).rejects.toThrow(
      `orders / Outputs.Odd: ${message}`,
    );
  });

  it('says which export is there twice', async () => {
    const template = {
      Resources: { Logs: { Type: 'AWS::Logs::LogGroup' } },
      Outputs: { Logs: { Value: { Ref: 'Logs' }, Export: { Name: 'logs' } } },
    };
    const assemblyDirectory = await assemblyOf({ one: { template }, two: { template, after: ['one'] } });
    await expect(startLocalExecution({ assemblyDirectory })).rejects.toThrow(
      'two / Outputs.Logs: the export "logs" already exists',
    );
  });

  it('closes what it had opened', async () => {
    const assemblyDirectory = await assemblyOfResources({
      Table: table,
      Role: {
        Type: 'AWS::IAM::Role',
        DependsOn: 'Table',
        Properties: { AssumeRolePolicyDocument: { Odd: 1 } },
      },
    });
    const before = process.getActiveResourcesInfo().length;
    await expect(startLocalExecution({ assemblyDirectory })).rejects.toThrow('has the element "Odd"');
    await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before);
  });
});
