import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { inWords, resourcesOf } from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

const { realtime } = synthesize({ throttling: { requestsPerSecond: 50, burst: 70 } });
const withEdgeOnly = synthesize({ edge: { onlyWayIn: true } });
const withOwnLogRole = synthesize({ apiGatewayLogRole: 'existing' });

const routes = Object.values(resourcesOf(realtime, 'AWS::ApiGatewayV2::Route')).map(
  ({ Properties }) => Properties,
);
const route = (key: string) => routes.find(({ RouteKey }) => RouteKey === key);

function integrationOf(target: unknown): unknown {
  const [, [, integration]] = (target as { 'Fn::Join': [string, [string, { Ref: string }]] })['Fn::Join'];
  const { Properties } = resourcesOf(realtime, 'AWS::ApiGatewayV2::Integration')[integration.Ref] ?? {};
  return Properties;
}

describe('the WebSocket API', () => {
  it.each([
    ['$connect', 'WebSocketConnect'],
    ['$default', 'WebSocketMessage'],
    ['$disconnect', 'WebSocketDisconnect'],
  ])('sends %s to %s', (key, fn) => {
    expect(integrationOf(route(key)?.Target)).toMatchObject({ IntegrationType: 'AWS_PROXY' });
    const { IntegrationUri } = integrationOf(route(key)?.Target) as { IntegrationUri: unknown };
    expect(inWords(IntegrationUri)).toMatch(new RegExp(`functions/${fn}/invocations$`));
  });

  it('lets nobody connect but through the authorizer, which is asked whatever the client sends', () => {
    realtime.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 1);
    realtime.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: [],
      AuthorizerResultTtlInSeconds: Match.absent(),
    });
    expect(route('$connect')).toMatchObject({ AuthorizationType: 'CUSTOM' });
  });

  it('sends what the message function returns back to the client', () => {
    expect(route('$default')).toMatchObject({ RouteResponseSelectionExpression: '$default' });
    realtime.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 1);
    realtime.hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', { RouteResponseKey: '$default' });
  });

  it('has one stage, named as the deployment, throttled and logged', () => {
    realtime.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: 'test',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 70 },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('connectionId') },
    });
  });

  it('is deployed with all its routes', () => {
    realtime.hasResource('AWS::ApiGatewayV2::Stage', {
      Properties: { StageName: 'test' },
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('^WebSocketConnectRoute'),
        Match.stringLikeRegexp('^WebSocketDefaultRoute'),
        Match.stringLikeRegexp('^WebSocketDisconnectRoute'),
      ]),
    });
  });

  it('logs no query string: tokens and signatures travel in it', () => {
    for (const { Properties } of Object.values(resourcesOf(realtime, 'AWS::ApiGatewayV2::Stage'))) {
      const { Format } = Properties.AccessLogSettings as { Format: string };
      expect(Object.values(JSON.parse(Format))).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(/querystring|\$context\.(authorizer\.(?!error)|identity\.user)/i),
        ]),
      );
    }
  });

  it('may be called by API Gateway, each function for its own route', () => {
    const sources = Object.values(resourcesOf(realtime, 'AWS::Lambda::Permission')).map(({ Properties }) => [
      inWords(Properties.FunctionName),
      inWords(Properties.SourceArn).replace('arn:AWS::Partition:execute-api:AWS::Region:AWS::AccountId:', ''),
      Properties.Principal,
    ]);
    expect(sources.sort()).toEqual([
      ['HttpChannelAuth', 'HttpApi/*/*/broadcasting/auth', 'apigateway.amazonaws.com'],
      ['HttpChannelAuth', 'HttpApi/*/*/broadcasting/auth', 'apigateway.amazonaws.com'],
      ['HttpChannelAuth', 'HttpApi/*/*/broadcasting/user-auth', 'apigateway.amazonaws.com'],
      ['HttpChannelAuth', 'HttpApi/*/*/broadcasting/user-auth', 'apigateway.amazonaws.com'],
      ['HttpRest', 'HttpApi/*/*', 'apigateway.amazonaws.com'],
      ['HttpRest', 'HttpApi/*/*/apps/{proxy+}', 'apigateway.amazonaws.com'],
      ['HttpRest', 'HttpApi/*/*/up', 'apigateway.amazonaws.com'],
      ['WebSocketAuthorize', 'WebSocketApi/authorizers/WebSocketApiAuthorizer', 'apigateway.amazonaws.com'],
      ['WebSocketConnect', 'WebSocketApi/*$connect', 'apigateway.amazonaws.com'],
      ['WebSocketDisconnect', 'WebSocketApi/*$disconnect', 'apigateway.amazonaws.com'],
      ['WebSocketMessage', 'WebSocketApi/*$default', 'apigateway.amazonaws.com'],
    ]);
  });

  it('says where it is, and which app it serves', () => {
    const { Value } = realtime.findOutputs('WebSocketUrl').WebSocketUrl ?? {};
    expect(inWords(Value)).toBe('wss://WebSocketApi.execute-api.AWS::Region.AWS::URLSuffix/test');
    realtime.hasOutput('AppId', { Value: 'app-1' });
    realtime.hasOutput('AppKey', { Value: 'key-1' });
  });
});

describe('the log role of API Gateway', () => {
  it('is set for the account before the stage needs it, and stays when the stack goes', () => {
    realtime.hasResource('AWS::ApiGateway::Account', {
      DeletionPolicy: 'Retain',
      Properties: {
        CloudWatchRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WebSocketLogRole'), 'Arn'] },
      },
    });
    realtime.hasResource('AWS::ApiGatewayV2::Stage', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^WebSocketLogRoleAccount')]),
      Properties: { StageName: 'test' },
    });
  });

  it('is left alone where somebody else looks after it', () => {
    withOwnLogRole.realtime.resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

describe('CloudFront as the only way in', () => {
  const { realtime: closed } = withEdgeOnly;

  it('is not what a deployment gets unasked', () => {
    for (const each of routes) expect(each.ApiKeyRequired ?? false, String(each.RouteKey)).toBe(false);
  });

  it('is one property of one route, so that it can be changed while clients are connected', () => {
    const [open, required] = [synthesize(), withEdgeOnly].map((templates) =>
      Object.fromEntries(Object.entries(templates).map(([stack, template]) => [stack, template.toJSON()])),
    );
    const connectIn = (stacks: typeof open) =>
      Object.values<{ Properties?: Record<string, unknown> }>(stacks?.realtime?.Resources).find(
        ({ Properties }) => Properties?.RouteKey === '$connect',
      )?.Properties ?? {};
    expect([connectIn(open).ApiKeyRequired, connectIn(required).ApiKeyRequired]).toEqual([false, true]);
    connectIn(open).ApiKeyRequired = true;
    expect(required).toEqual(open);
  });

  it('requires a key of whoever connects, and of nobody else', () => {
    closed.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', ApiKeyRequired: true });
    for (const key of ['$default', '$disconnect']) {
      closed.hasResourceProperties('AWS::ApiGatewayV2::Route', {
        RouteKey: key,
        ApiKeyRequired: Match.absent(),
      });
    }
  });

  it('has a generated key admitted to this stage', () => {
    closed.hasResourceProperties('AWS::ApiGateway::UsagePlan', {
      ApiStages: [{ ApiId: { Ref: Match.stringLikeRegexp('^WebSocketApi') }, Stage: 'test' }],
    });
    closed.hasResource('AWS::ApiGateway::UsagePlan', {
      DependsOn: [Match.stringLikeRegexp('^WebSocketStage')],
    });
    closed.hasResourceProperties('AWS::ApiGateway::UsagePlanKey', {
      KeyType: 'API_KEY',
      KeyId: { Ref: Match.stringLikeRegexp('^WebSocketEdgeKeyApiKey') },
      UsagePlanId: { Ref: Match.stringLikeRegexp('^WebSocketEdgeKeyUsagePlan') },
    });
  });

  it('puts the key into no template: API key and origin header name the secret', () => {
    const { Properties } = Object.values(resourcesOf(closed, 'AWS::ApiGateway::ApiKey'))[0] ?? {};
    expect(inWords(Properties?.Value)).toBe(
      '{{resolve:secretsmanager:WebSocketEdgeKeySecret:SecretString:::}}',
    );
  });
});
