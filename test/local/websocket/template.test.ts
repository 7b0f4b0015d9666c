// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startLocalExecution } from '../../../local/local-execution.ts';
import { addAsset, assemblyOfResources } from '../setup/assembly-of.ts';
import { lambdaTrust } from '../setup/doorway.ts';

/** Authorizer, `$connect` and `$default` in one; a message is answered by posts to its own connection. */
const handlerSource = `
  import { ApiGatewayManagementApiClient, DeleteConnectionCommand, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
  const api = new ApiGatewayManagementApiClient({});
  const outcome = (promise) => promise.then(() => 'done', (error) => error.name + ': ' + error.message);
  export const handler = async (event) => {
    if (event.type === 'REQUEST')
      return { principalId: 'user', policyDocument: { Version: '2012-10-17', Statement: [
        { Action: 'execute-api:Invoke', Effect: event.queryStringParameters.deny ? 'Deny' : 'Allow', Resource: event.methodArn }] } };
    const { connectionId: ConnectionId, routeKey } = event.requestContext;
    if (routeKey === '$connect') return { statusCode: 200 };
    const posted = await outcome(api.send(new PostToConnectionCommand({ ConnectionId, Data: 'posted' })));
    const closed = await outcome(api.send(new DeleteConnectionCommand({ ConnectionId })));
    console.log('outcome ' + JSON.stringify({ posted, closed }));
    return { statusCode: 200, body: 'answered' };
  };
`;

let bundle = '';
beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: handlerSource, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  bundle = outputFiles[0]?.text ?? '';
});

const api = { ApiId: { Ref: 'Api' } };
const invocation = {
  'Fn::Sub':
    'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations',
};
const permission = (suffix: string, more: Record<string, string> = {}) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
    Principal: 'apigateway.amazonaws.com',
    SourceArn: {
      'Fn::Sub': [
        `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/${suffix}`,
        more,
      ],
    },
  },
});
const route = (routeKey: string, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::ApiGatewayV2::Route',
  Properties: {
    ...api,
    RouteKey: routeKey,
    AuthorizationType: 'NONE',
    Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
    ...more,
  },
});

/** A chat whose function may do these things to its connections. */
const resources = (methods: readonly string[]) => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'chat-role',
      AssumeRolePolicyDocument: lambdaTrust,
      Policies: methods.map((method) => ({
        PolicyName: method,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'execute-api:ManageConnections',
              Resource: {
                'Fn::Sub': `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/dev/${method}/@connections/*`,
              },
            },
          ],
        },
      })),
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'chat',
      Code: { S3Bucket: 'assets', S3Key: 'chat.zip' },
      Handler: 'index.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Runtime: 'nodejs24.x',
      MemorySize: 256,
      Timeout: 10,
      Environment: {
        Variables: {
          AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: {
            'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/dev',
          },
        },
      },
    },
  },
  Api: {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
  },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ...api, StageName: 'dev', AutoDeploy: true },
  },
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: { ...api, IntegrationType: 'AWS_PROXY', IntegrationUri: invocation },
  },
  Authorizer: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ...api,
      Name: 'who',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: invocation,
      IdentitySource: ['route.request.querystring.token'],
    },
  },
  AuthorizerPermission: permission('authorizers/${Authorizer}'),
  Connect: route('$connect', {
    AuthorizationType: 'CUSTOM',
    AuthorizerId: { Ref: 'Authorizer' },
    ApiKeyRequired: true,
  }),
  ConnectPermission: permission('*$connect'),
  Default: route('$default', { RouteResponseSelectionExpression: '$default' }),
  DefaultPermission: permission('*$default'),
  Answer: {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ...api, RouteId: { Ref: 'Default' }, RouteResponseKey: '$default' },
  },
  Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: 'twenty-characters-or-more' } },
  Plan: {
    Type: 'AWS::ApiGateway::UsagePlan',
    Properties: { ApiStages: [{ ...api, Stage: 'dev' }] },
    DependsOn: ['Stage'],
  },
  PlanKey: {
    Type: 'AWS::ApiGateway::UsagePlanKey',
    Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
  },
});

const outputs = {
  Outputs: { Url: { Value: { 'Fn::Sub': '${Api.ApiEndpoint}/dev' } } },
};

async function start(methods: readonly string[]): Promise<{ url: string; lines: string[] }> {
  const assemblyDirectory = await assemblyOfResources(resources(methods), outputs);
  await addAsset(assemblyDirectory, 'chat', { 'index.mjs': bundle });
  const lines: string[] = [];
  const execution = await startLocalExecution({ assemblyDirectory, log: (line) => lines.push(line) });
  onTestFinished(() => execution.stop());
  return { url: execution.outputs.orders?.Url ?? '', lines };
}

const key = { 'x-api-key': 'twenty-characters-or-more' };

function dial(url: string, headers: Record<string, string> = key): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    onTestFinished(() => socket.terminate());
    socket.on('open', () => resolve(socket));
    socket.on('error', reject);
  });
}

describe('a WebSocket API of a template', () => {
  it('is dialled, answers, and lets its function post to and close what it may', async () => {
    const { url, lines } = await start(['POST', 'DELETE']);
    const socket = await dial(`${url}?token=x`);
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(data.toString()));
    const closed = new Promise((resolve) => socket.on('close', resolve));

    socket.send('{}');

    expect(await closed).toBe(1000);
    expect(messages).toEqual(['posted']);
    await vi.waitFor(() =>
      expect(lines.find((line) => line.includes('outcome'))).toContain('{"posted":"done","closed":"done"}'),
    );
  });

  it('names function, action and resource when the function may not', async () => {
    const { url, lines } = await start(['POST']);
    const socket = await dial(`${url}?token=x`);
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(data.toString()));

    socket.send('{}');

    await vi.waitFor(() => expect(messages).toEqual(['posted', 'answered']));
    const line = lines.find((each) => each.includes('outcome')) ?? '';
    expect(line).toContain('"posted":"done"');
    expect(line).toMatch(
      /"closed":"AccessDeniedException: .*chat.*execute-api:ManageConnections.*\/dev\/DELETE\/@connections\//,
    );
  });

  it.each([
    ['401 without its identity source', '', key],
    ['403 without the key', '?token=x', {}],
    ['403 when its authorizer denies it', '?token=x&deny=1', key],
  ])('is refused with %s', async (expected, query, headers) => {
    const { url } = await start([]);

    await expect(dial(`${url}${query}`, headers)).rejects.toThrow(expected.slice(0, 3));
  });
});
