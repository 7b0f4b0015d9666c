// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { build } from 'esbuild';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { startLocalExecution } from '../../../local/local-execution.ts';
import { addAsset, assemblyOfResources } from '../setup/assembly-of.ts';
import { lambdaTrust } from '../setup/doorway.ts';

/** Puts an item, reads a secret, and answers what became of both. */
const handlerSource = `
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
  const outcome = (promise) => promise.then(() => 'done', ({ name, message }) => name + ': ' + message);
  const tables = new DynamoDBClient({});
  const secrets = new SecretsManagerClient({});
  export const handler = async () => ({
    put: await outcome(tables.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: 'a' } } }))),
    secret: await outcome(secrets.send(new GetSecretValueCommand({ SecretId: process.env.SECRET }))),
  });
`;

const resources = (actions: readonly string[]) => ({
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    },
  },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'app', SecretString: 's' } },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'orders-role',
      AssumeRolePolicyDocument: lambdaTrust,
      Policies: [
        {
          PolicyName: 'grants',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: actions,
                Resource: [{ 'Fn::GetAtt': ['Table', 'Arn'] }, { Ref: 'Secret' }],
              },
            ],
          },
        },
      ],
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'order',
      Code: { S3Bucket: 'assets', S3Key: 'order.zip' },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      Environment: { Variables: { TABLE: { Ref: 'Table' }, SECRET: { Ref: 'Secret' } } },
    },
  },
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'orders', ProtocolType: 'HTTP' } },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
      PayloadFormatVersion: '2.0',
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'GET /order',
      AuthorizationType: 'NONE',
      Target: { 'Fn::Sub': 'integrations/${Integration}' },
    },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Function' },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/order' },
    },
  },
});

let bundle: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: handlerSource, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  bundle = outputFiles[0]?.text ?? '';
});

/** What the function says when its role allows these actions, and what the log says. */
async function orderWith(...actions: string[]): Promise<{ answer: unknown; logs: string[] }> {
  const assembly = await assemblyOfResources(resources(actions), {
    Outputs: { Url: { Value: { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}' } } },
  });
  await addAsset(assembly, 'order', { 'index.mjs': bundle });
  const logs: string[] = [];
  const execution = await startLocalExecution({
    assemblyDirectory: assembly,
    log: (line) => logs.push(line),
  });
  onTestFinished(() => execution.stop());
  const response = await fetch(`${execution.outputs.orders?.Url}/order`);
  return { answer: await response.json(), logs };
}

it('a function does what the policies of the template allow', async () => {
  const { answer } = await orderWith('dynamodb:PutItem', 'secretsmanager:GetSecretValue');
  expect(answer).toEqual({ put: 'done', secret: 'done' });
});

it('a function without a grant meets AccessDenied, and the log names function, action and resource', async () => {
  const { answer, logs } = await orderWith('dynamodb:GetItem');
  const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders';
  const user = 'User: arn:aws:sts::123456789012:assumed-role/orders-role/order is not authorized to perform:';
  expect(answer).toEqual({
    put: `AccessDeniedException: ${user} dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    secret: expect.stringMatching(
      /^AccessDeniedException: User: .* is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:.*:secret:app-/,
    ),
  });
  const line = logs.find((entry) => entry.startsWith('[iam]'));
  expect(line).toContain(`order was denied dynamodb:PutItem on resource: ${table}`);
});
