import { Validations } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import { accessLog } from './access-log.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { type ManagementEndpoint, PregoneroFunction } from './pregonero-function.ts';

export interface RestEndpointProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
  /** Where the connections are that the API can end. */
  readonly connections: ManagementEndpoint;
}

/** The HTTP API: Pusher's REST API and the signing of subscriptions and users. */
export class RestEndpoint extends Construct {
  readonly api: HttpApi;
  readonly rest: PregoneroFunction;
  readonly channelAuth: PregoneroFunction;

  constructor(scope: Construct, id: string, { config, data, connections }: RestEndpointProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', {
      apiName: `pregonero-${config.stage}`,
      description: 'Pusher REST API and channel authorization',
      createDefaultStage: false,
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: config.throttling.requestsPerSecond, burstLimit: config.throttling.burst },
      accessLogSettings: accessLog(this, 'http', config, {
        path: '$context.path',
        responseLength: '$context.responseLength',
      }),
    });
    this.rest = this.#rest(config, data, connections);
    this.channelAuth = this.#channelAuth(config, data);
    this.#addRoutes();
  }

  #rest(config: DeploymentConfig, data: DataStack, connections: ManagementEndpoint): PregoneroFunction {
    const rest = new PregoneroFunction(this, 'Rest', {
      config,
      name: 'rest',
      purpose: 'answering',
      description: 'Answers the requests of an API: stores events, tells who is there, ends connections',
    });
    rest.usesTable(environmentNames.notificationsTable, data.notifications, ['BatchWriteItem']);
    rest.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
    ]);
    rest.readsAppSecret(data.appSecret);
    rest.closesConnections(connections);
    rest.knows(
      'appId',
      'appKey',
      'allowedOrigins',
      'limits',
      'notificationRetentionInSeconds',
      'denialInSeconds',
    );
    return rest;
  }

  #channelAuth(config: DeploymentConfig, data: DataStack): PregoneroFunction {
    const channelAuth = new PregoneroFunction(this, 'ChannelAuth', {
      config,
      name: 'channel-auth',
      purpose: 'answering',
      description: 'Signs the subscriptions that a token allows',
    });
    channelAuth.readsAppSecret(data.appSecret);
    channelAuth.knows('appKey', 'channelPattern', 'jwtIssuers', 'allowedOrigins', 'limits');
    return channelAuth;
  }

  #addRoutes(): void {
    const rest = new HttpLambdaIntegration('Rest', this.rest);
    const channelAuth = new HttpLambdaIntegration('ChannelAuth', this.channelAuth);
    // Those of Pusher's paths apart from all others, since a stage throttles route by route: what scanners ask for takes nothing from
    // them. All others too are answered by the function, as Reverb answers them.
    const routes = [
      ...['/apps/{proxy+}', '/up'].flatMap((path) =>
        this.api.addRoutes({ path, methods: [HttpMethod.ANY], integration: rest }),
      ),
      new HttpRoute(this, 'DefaultRoute', {
        httpApi: this.api,
        routeKey: HttpRouteKey.DEFAULT,
        integration: rest,
      }),
      ...['/broadcasting/auth', '/broadcasting/user-auth'].flatMap((path) =>
        this.api.addRoutes({
          path,
          // OPTIONS too: allowed origins are host globs, which API Gateway's own CORS does not know.
          methods: [HttpMethod.POST, HttpMethod.OPTIONS],
          integration: channelAuth,
        }),
      ),
    ];
    for (const route of routes) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'The functions authorize: by the HMAC signature of the Pusher REST API or by the bearer token of the user. /up is a health check, and what has no other route is not there.',
      });
    }
  }
}
