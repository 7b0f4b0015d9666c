import { afterEach, describe, expect, it } from 'vitest';
import { supportOf } from '../../../local/resources/registry.ts';
import type { CreatedResource } from '../../../local/resources/resource-support.ts';
import { unsupportedProperties } from '../../../local/resources/unsupported-properties.ts';
import { type SmallWorld, smallWorld } from '../setup/small-world.ts';

let small: SmallWorld;
afterEach(() => small?.stop());

type Properties = Record<string, unknown>;

async function create(type: string, properties: Properties, logicalId = 'Thing'): Promise<CreatedResource> {
  const support = supportOf(type);
  if (!support) throw new Error(`no support for ${type}`);
  const resource = { stack: 'shop', logicalId, type, properties };
  return await support.create(resource, small.world);
}

/** A world with a function and an API of either kind. */
async function start(): Promise<{ functionArn: string; webSocket: string; http: string }> {
  small = smallWorld();
  Object.assign(small.world, { assets: { pathOf: (key: string) => `/nowhere/${key}` } });
  const functionArn = await small.addFunction('known', 'export const handler = async () => 1;');
  const webSocket = await create(
    'AWS::ApiGatewayV2::Api',
    { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' },
    'Chat',
  );
  const http = await create('AWS::ApiGatewayV2::Api', { Name: 'rest', ProtocolType: 'HTTP' }, 'Rest');
  return { functionArn, webSocket: webSocket.ref, http: http.ref };
}

describe('AWS::Lambda::Function', () => {
  const properties: Properties = {
    Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
    Handler: 'index.handler',
    Role: 'arn:aws:iam::111111111111:role/r',
    Runtime: 'nodejs24.x',
  };

  it('has the defaults of CloudFormation and a name of its own', async () => {
    await start();

    const created = await create('AWS::Lambda::Function', properties);

    expect(created.ref).toMatch(/^shop-Thing-[0-9A-Z]{12}$/);
    const arn = `arn:aws:lambda:us-east-1:111111111111:function:${created.ref}`;
    expect(created.attributes).toEqual({ Arn: arn });
    expect(small.world.functions.get(arn)).toEqual({
      name: created.ref,
      arn,
      codeDirectory: '/nowhere/abc.zip',
      handler: 'index.handler',
      environment: {},
      timeoutInSeconds: 3,
      memoryInMegabytes: 128,
      roleArn: 'arn:aws:iam::111111111111:role/r',
      runtime: 'nodejs24.x',
      logging: { format: 'Text', level: 'TRACE', group: `/aws/lambda/${created.ref}` },
      permissions: [],
    });
  });

  it('takes what the template says', async () => {
    await start();

    const created = await create('AWS::Lambda::Function', {
      ...properties,
      FunctionName: 'named',
      Environment: { Variables: { A_1: 'b', N2: 7 } },
      MemorySize: 256,
      Timeout: '20',
      ReservedConcurrentExecutions: 0,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: '/g', ApplicationLogLevel: 'DEBUG' },
    });

    expect(small.world.functions.get(String(created.attributes.Arn))).toMatchObject({
      name: 'named',
      environment: { A_1: 'b', N2: '7' },
      timeoutInSeconds: 20,
      memoryInMegabytes: 256,
      reservedConcurrency: 0,
      logging: { format: 'JSON', level: 'DEBUG', group: '/g' },
    });
  });

  it.each([
    [{ Runtime: 'python3.13' }, 'Runtime is "python3.13"; expected nodejs24.x'],
    [{ Runtime: undefined }, 'Runtime is missing; expected nodejs24.x'],
    [{ Environment: { Variables: { '1A': 'x' } } }, 'Environment.Variables has the name "1A"'],
    [{ Environment: { Variables: { _A: 'x' } } }, 'Environment.Variables has the name "_A"'],
    [{ Environment: { Variables: { 'A-B': 'x' } } }, 'Environment.Variables has the name "A-B"'],
    [{ Environment: { Variables: { A: 'x' } } }, 'Environment.Variables has the name "A"'],
    [{ Environment: { Variables: { _HANDLER: 'x' } } }, 'Environment.Variables._HANDLER is reserved'],
    [{ ReservedConcurrentExecutions: 901 }, "leaves 99 of the account's 1000 unreserved"],
    [{ PackageType: 'Image' }, 'PackageType is "Image"; expected Zip'],
    [{ Handler: undefined }, 'Handler is missing'],
    [{ Timeout: 901 }, 'Timeout is 901'],
    [{ MemorySize: 64 }, 'MemorySize is 64'],
    [{ Environment: { Variables: { AWS_REGION: 'x' } } }, 'Environment.Variables.AWS_REGION is reserved'],
    [{ Environment: { Variables: { AB: 'x'.repeat(4095) } } }, 'Environment.Variables has 4097 bytes'],
    [{ LoggingConfig: { ApplicationLogLevel: 'DEBUG' } }, 'LoggingConfig.ApplicationLogLevel is DEBUG'],
  ])('refuses %j', async (changes, message) => {
    await start();

    await expect(create('AWS::Lambda::Function', { ...properties, ...changes })).rejects.toThrow(message);
  });

  it('may reserve what leaves 100 to the functions that reserve nothing', async () => {
    await start();
    const reserving = (name: string, ReservedConcurrentExecutions: number) =>
      create('AWS::Lambda::Function', { ...properties, FunctionName: name, ReservedConcurrentExecutions });
    await reserving('most', 800);
    await reserving('rest', 100);

    await expect(reserving('one-more', 1)).rejects.toThrow('leaves 99');
    await expect(reserving('closed', 0)).resolves.toMatchObject({ ref: 'closed' });
  });

  it.each([
    ['Allow', true],
    ['Terminate', undefined],
    [undefined, undefined],
  ])('takes RecursiveLoop: %s', async (RecursiveLoop, allowsLoops) => {
    await start();

    const { attributes } = await create('AWS::Lambda::Function', { ...properties, RecursiveLoop });

    expect(small.world.functions.get(String(attributes.Arn)).allowsLoops).toBe(allowsLoops);
  });

  it.each(['Layers', 'VpcConfig', 'DeadLetterConfig', 'SnapStart'])('does not know %s', (name) => {
    const support = supportOf('AWS::Lambda::Function');

    expect(unsupportedProperties({ [name]: {} }, support?.properties ?? {})).toHaveLength(1);
  });
});

describe('a function', () => {
  it('has a name of its own', async () => {
    await start();

    await expect(small.addFunction('known', 'export const handler = 1;')).rejects.toThrow(
      'The function known already exists.',
    );
  });
});

describe('AWS::Lambda::Permission', () => {
  it('refuses a function that is not there', async () => {
    await start();

    await expect(
      create('AWS::Lambda::Permission', { FunctionName: 'other', Action: 'a', Principal: 'p' }),
    ).rejects.toThrow('FunctionName is "other"; expected the name or ARN of one of: known');
  });
});

describe('AWS::ApiGatewayV2::Api', () => {
  it.each([
    [{ ProtocolType: 'MQTT' }, 'ProtocolType is "MQTT"'],
    [{ ProtocolType: undefined }, 'ProtocolType is missing'],
    [{ RouteSelectionExpression: '$request.header.x' }, '$request.header.x'],
    [{ ApiKeySelectionExpression: '$request.querystring.key' }, '$request.querystring.key'],
    [{ CorsConfiguration: {} }, 'CorsConfiguration'],
  ])('refuses %j', async (changes, message) => {
    await start();
    const properties = {
      Name: 'a',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
      ...changes,
    };

    await expect(create('AWS::ApiGatewayV2::Api', properties, 'Other')).rejects.toThrow(message);
  });

  it.each([
    [
      { AllowOrigins: ['*'], AllowCredentials: true },
      'CorsConfiguration.AllowCredentials is true with the origin *',
    ],
    [
      { AllowOrigins: ['https://*.example.com'] },
      'CorsConfiguration.AllowOrigins has "https://*.example.com"; supported are *, https://*, http://* and whole origins',
    ],
  ])('of kind HTTP refuses the CORS of %j', async (CorsConfiguration, message) => {
    await start();
    const properties = { Name: 'a', ProtocolType: 'HTTP', CorsConfiguration };

    await expect(create('AWS::ApiGatewayV2::Api', properties, 'Other')).rejects.toThrow(message);
  });

  it('gives its id and its endpoint', async () => {
    const { webSocket, http } = await start();

    expect(webSocket).toMatch(/^[a-z0-9]{10}$/);
    expect(small.addresses.get(`${webSocket}.execute-api.us-east-1.amazonaws.com`)).toMatch(/^http:\/\/127/);
    const again = await create('AWS::ApiGatewayV2::Api', { Name: 'x', ProtocolType: 'HTTP' }, 'Again');
    expect(again.attributes).toEqual({
      ApiId: again.ref,
      ApiEndpoint: `https://${again.ref}.execute-api.us-east-1.amazonaws.com`,
    });
    expect(http).not.toBe(webSocket);
  });
});

describe('AWS::ApiGatewayV2::Stage', () => {
  it.each([
    [{ AutoDeploy: false }, 'AutoDeploy is not true'],
    [{ AutoDeploy: undefined }, 'AutoDeploy is not true'],
    [{ StageName: 'a/b' }, 'StageName is "a/b"'],
    [{ RouteSettings: { $connect: { CachingEnabled: true } } }, 'RouteSettings.$connect.CachingEnabled'],
    [{ ApiId: 'nowhere' }, 'ApiId is "nowhere"'],
    [
      { AccessLogSettings: { Format: '$context.requestId' } },
      'AccessLogSettings.DestinationArn is missing; expected a string',
    ],
    [{ RouteSettings: { join: {} } }, 'shop / Thing: RouteSettings has "join"; expected the key of a route'],
  ])('refuses %j', async (changes, message) => {
    const { webSocket } = await start();
    const properties = { ApiId: webSocket, StageName: 'dev', AutoDeploy: true, ...changes };

    await expect(create('AWS::ApiGatewayV2::Stage', properties)).rejects.toThrow(message);
  });
});

describe('AWS::ApiGatewayV2::Integration', () => {
  it.each([
    ['webSocket', { IntegrationType: 'HTTP_PROXY' }, 'IntegrationType is "HTTP_PROXY"'],
    [
      'webSocket',
      { IntegrationUri: 'arn:other' },
      'IntegrationUri is "arn:other"; expected to name a function',
    ],
    ['webSocket', { PayloadFormatVersion: '2.0' }, 'PayloadFormatVersion is "2.0"; expected 1.0'],
    ['webSocket', { TimeoutInMillis: 29_001 }, 'TimeoutInMillis is 29001'],
    ['http', {}, 'PayloadFormatVersion is missing'],
    ['http', { PayloadFormatVersion: '1.0' }, 'PayloadFormatVersion is "1.0"; expected 2.0'],
    ['http', { PayloadFormatVersion: '2.0', ConnectionType: 'VPC_LINK' }, 'ConnectionType is "VPC_LINK"'],
  ] as const)('of a %s API refuses %j', async (kind, changes, message) => {
    const started = await start();
    const properties = {
      ApiId: started[kind],
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: started.functionArn,
      ...changes,
    };

    await expect(create('AWS::ApiGatewayV2::Integration', properties)).rejects.toThrow(message);
  });
});

describe('AWS::ApiGatewayV2::Route', () => {
  it.each([
    ['webSocket', { RouteKey: '$other' }, 'RouteKey is "$other"'],
    ['webSocket', { RouteKey: '$default', AuthorizationType: 'CUSTOM', AuthorizerId: 'a' }, 'on $default'],
    ['webSocket', { RouteKey: 'join', ApiKeyRequired: true }, 'on join'],
    ['webSocket', { RouteKey: '$connect', AuthorizationType: 'AWS_IAM' }, 'AuthorizationType is "AWS_IAM"'],
    ['webSocket', { RouteKey: '$connect', AuthorizationType: 'CUSTOM' }, 'AuthorizerId is missing'],
    ['webSocket', { RouteKey: 'join', Target: 'somewhere' }, 'Target is "somewhere"'],
    [
      'webSocket',
      { RouteKey: 'a', RouteResponseSelectionExpression: '$other' },
      'RouteResponseSelectionExpression',
    ],
    [
      'http',
      { RouteKey: 'GET /a', Target: 'integrations/a', AuthorizationType: 'JWT' },
      'AuthorizationType is "JWT"',
    ],
    ['http', { RouteKey: 'GET /a' }, 'Target is missing'],
    ['http', { RouteKey: 'GET a', Target: 'integrations/a' }, '"GET a"'],
    ['http', { RouteKey: 'GET /a', Target: 'integrations/a' }, 'names the integration a, which the API'],
    ['webSocket', { RouteKey: 'join', Target: 'integrations/a' }, 'names the integration a, which the API'],
    [
      'webSocket',
      { RouteKey: '$connect', AuthorizationType: 'CUSTOM', AuthorizerId: 'a' },
      'names the authorizer a, which the API',
    ],
  ] as const)('of a %s API refuses %j', async (kind, changes, message) => {
    const started = await start();

    await expect(create('AWS::ApiGatewayV2::Route', { ApiId: started[kind], ...changes })).rejects.toThrow(
      message,
    );
  });
});

describe('what an API has only once', () => {
  it.each([
    ['webSocket', 'join', 'The route join of the API'],
    ['http', 'GET /a', 'The route GET /a already exists'],
    ['http', '$default', 'The route $default already exists'],
  ] as const)('refuses a second route of a %s API: %s', async (kind, RouteKey, message) => {
    const started = await start();
    const integration = await create('AWS::ApiGatewayV2::Integration', {
      ApiId: started[kind],
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: started.functionArn,
      ...(kind === 'http' && { PayloadFormatVersion: '2.0' }),
    });
    const properties = { ApiId: started[kind], RouteKey, Target: `integrations/${integration.ref}` };
    await create('AWS::ApiGatewayV2::Route', properties, 'First');

    const second = create('AWS::ApiGatewayV2::Route', properties, 'Second');

    await expect(second).rejects.toThrow(message);
    await expect(second).rejects.toThrow('already exists');
  });

  it.each(['webSocket', 'http'] as const)('refuses a second stage of that name of a %s API', async (kind) => {
    const started = await start();
    const properties = { ApiId: started[kind], StageName: 'dev', AutoDeploy: true };
    await create('AWS::ApiGatewayV2::Stage', properties, 'First');

    await expect(create('AWS::ApiGatewayV2::Stage', properties, 'Second')).rejects.toThrow(
      /^The stage dev .*already exists\.$/,
    );
  });
});

describe('AWS::ApiGatewayV2::RouteResponse', () => {
  it('refuses a route that is not there', async () => {
    const { webSocket } = await start();
    const properties = { ApiId: webSocket, RouteId: 'nowhere', RouteResponseKey: '$default' };

    await expect(create('AWS::ApiGatewayV2::RouteResponse', properties)).rejects.toThrow(
      `The route response names the route nowhere, which the API ${webSocket} has not.`,
    );
  });
});

describe('AWS::ApiGateway::UsagePlan', () => {
  it('refuses an API or a stage that is not there, and HTTP APIs', async () => {
    const { webSocket, http } = await start();
    await create('AWS::ApiGatewayV2::Stage', { ApiId: webSocket, StageName: 'dev', AutoDeploy: true });
    await create('AWS::ApiGatewayV2::Stage', { ApiId: http, StageName: 'dev', AutoDeploy: true });
    const plan = (ApiId: string, Stage: string) =>
      create('AWS::ApiGateway::UsagePlan', { ApiStages: [{ ApiId, Stage }] });

    await expect(plan('nowhere', 'dev')).rejects.toThrow(
      'ApiStages has the stage "dev" of the API "nowhere"',
    );
    await expect(plan(webSocket, 'prod')).rejects.toThrow('ApiStages has the stage "prod" of the API');
    await expect(plan(http, 'dev')).rejects.toThrow('expected a stage of a WebSocket API');
    await expect(plan(webSocket, 'dev')).resolves.toBeDefined();
  });
});

describe('AWS::ApiGatewayV2::Authorizer', () => {
  it.each([
    [{ AuthorizerType: 'JWT' }, 'AuthorizerType is "JWT"'],
    [{ IdentitySource: ['$request.header.Authorization'] }, '$request.header.Authorization'],
    [{ AuthorizerUri: 'arn:other' }, 'AuthorizerUri is "arn:other"'],
  ])('refuses %j', async (changes, message) => {
    const { webSocket, functionArn } = await start();
    const properties = {
      ApiId: webSocket,
      AuthorizerType: 'REQUEST',
      AuthorizerUri: functionArn,
      ...changes,
    };

    await expect(create('AWS::ApiGatewayV2::Authorizer', properties)).rejects.toThrow(message);
  });

  it('is that of WebSocket APIs alone, whose results are never cached', async () => {
    const { http, functionArn } = await start();
    const properties = { ApiId: http, AuthorizerType: 'REQUEST', AuthorizerUri: functionArn };

    await expect(create('AWS::ApiGatewayV2::Authorizer', properties)).rejects.toThrow('an HTTP API');
    const support = supportOf('AWS::ApiGatewayV2::Authorizer');
    expect(
      unsupportedProperties({ AuthorizerResultTtlInSeconds: 300 }, support?.properties ?? {}),
    ).toHaveLength(1);
  });
});

describe('AWS::ApiGateway::ApiKey', () => {
  it('does not show a value that is too short', async () => {
    await start();

    await expect(create('AWS::ApiGateway::ApiKey', { Value: 'secret' })).rejects.toThrow(
      /^Value has 6 characters; expected 20 to 128$/,
    );
  });
});

describe('AWS::CloudFront::Function', () => {
  const properties: Properties = {
    Name: 'f',
    AutoPublish: true,
    FunctionConfig: { Runtime: 'cloudfront-js-2.0' },
    FunctionCode: 'function handler(event) { return event.request; }',
  };

  it.each([
    [{ AutoPublish: false }, 'AutoPublish is not true'],
    [{ FunctionConfig: { Runtime: 'cloudfront-js-1.0' } }, 'Runtime is "cloudfront-js-1.0"'],
    [{ FunctionCode: 'function handler(' }, 'cannot be loaded'],
    [{ FunctionCode: `function handler() {}${' '.repeat(10_240)}` }, 'FunctionCode has 10261 bytes'],
  ])('refuses %j', async (changes, message) => {
    await start();

    await expect(create('AWS::CloudFront::Function', { ...properties, ...changes })).rejects.toThrow(message);
  });
});
