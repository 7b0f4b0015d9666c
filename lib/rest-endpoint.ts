import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { PregoneroFunction } from './pregonero-function.ts';

export interface RestEndpointProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/** The HTTP API: Pusher's REST API and the signing of private channels. */
export class RestEndpoint extends Construct {
  readonly functions: readonly PregoneroFunction[];
  readonly apiId: string;

  constructor(scope: Construct, id: string, { config, data }: RestEndpointProps) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', {
      apiName: `pregonero-${config.stage}`,
      description: 'Pusher REST API and channel authorization',
      createDefaultStage: false,
    });
    this.apiId = api.apiId;
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/pregonero/${config.stage}/http`,
      retention: config.logRetentionInDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.throttling.requestsPerSecond, burstLimit: config.throttling.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(logs), format: ACCESS_LOG },
    });

    const rest = new PregoneroFunction(this, 'Rest', {
      config,
      name: 'rest',
      description: 'Stores the events that an API publishes',
    });
    rest.usesTable(environmentNames.notificationsTable, data.notifications, ['PutItem', 'BatchWriteItem']);
    rest.readsAppSecret(data.appSecret);
    rest.knows('appId', 'appKey', 'limits', 'notificationRetentionInSeconds');

    const channelAuth = new PregoneroFunction(this, 'ChannelAuth', {
      config,
      name: 'channel-auth',
      description: 'Signs the subscriptions that a token allows',
    });
    channelAuth.readsAppSecret(data.appSecret);
    channelAuth.knows('appKey', 'channelPattern', 'jwtIssuers', 'allowedOrigins', 'limits');

    const toRest = new HttpLambdaIntegration('Rest', rest);
    api.addRoutes({ path: '/apps/{appId}/events', methods: [HttpMethod.POST], integration: toRest });
    api.addRoutes({ path: '/up', methods: [HttpMethod.GET], integration: toRest });
    api.addRoutes({
      path: '/broadcasting/auth',
      methods: [HttpMethod.POST, HttpMethod.OPTIONS],
      integration: new HttpLambdaIntegration('ChannelAuth', channelAuth),
    });
    this.functions = [rest, channelAuth];
  }
}

// The path, not the query string: that one carries signatures.
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    routeKey: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    responseLength: '$context.responseLength',
    integrationLatency: '$context.integrationLatency',
    error: '$context.error.message',
    integrationError: '$context.integrationErrorMessage',
  }),
);
