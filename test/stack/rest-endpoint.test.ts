import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { inWords, resourcesOf } from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

const { realtime } = synthesize({ throttling: { requestsPerSecond: 50, burst: 70 } });

const integrations = resourcesOf(realtime, 'AWS::ApiGatewayV2::Integration');

describe('the HTTP API', () => {
  it('has these routes: Pusher’s are throttled apart from whatever else is asked for', () => {
    const routes = Object.values(resourcesOf(realtime, 'AWS::ApiGatewayV2::Route'))
      .filter(({ Properties }) => inWords(Properties.ApiId) === 'HttpApi')
      .map(({ Properties }) => {
        const [, [, { Ref }]] = (Properties.Target as { 'Fn::Join': [string, [string, { Ref: string }]] })[
          'Fn::Join'
        ];
        const uri = inWords(integrations[Ref]?.Properties.IntegrationUri);
        return `${Properties.RouteKey} → ${uri}`;
      });
    expect(routes.sort()).toEqual([
      '$default → HttpRest',
      'ANY /apps/{proxy+} → HttpRest',
      'ANY /up → HttpRest',
      'OPTIONS /broadcasting/auth → HttpChannelAuth',
      'OPTIONS /broadcasting/user-auth → HttpChannelAuth',
      'POST /broadcasting/auth → HttpChannelAuth',
      'POST /broadcasting/user-auth → HttpChannelAuth',
    ]);
  });

  it('hands requests on in payload format 2.0', () => {
    realtime.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      ApiId: { Ref: Match.stringLikeRegexp('^HttpApi') },
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
  });

  it('leaves CORS to the function, which knows host globs', () => {
    realtime.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.absent(),
    });
  });

  it('has one stage without a name in the path, throttled and logged', () => {
    realtime.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 70 },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('requestId') },
    });
  });
});
