import { Validations } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import { accessLog } from './access-log.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { PregoneroFunction } from './pregonero-function.ts';

export interface RestEndpointProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/** The HTTP API: Pusher's REST API and the signing of subscriptions. Whatever has no route is answered 404. */
export class RestEndpoint extends Construct {
  readonly api: HttpApi;
  readonly rest: PregoneroFunction;
  readonly channelAuth: PregoneroFunction;

  constructor(scope: Construct, id: string, { config, data }: RestEndpointProps) {
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
    this.rest = this.#rest(config, data);
    this.channelAuth = this.#channelAuth(config, data);
    this.#addRoutes();
  }

  #rest(config: DeploymentConfig, data: DataStack): PregoneroFunction {
    const rest = new PregoneroFunction(this, 'Rest', {
      config,
      name: 'rest',
      description: 'Stores the events that an API publishes',
    });
    rest.usesTable(environmentNames.notificationsTable, data.notifications, ['BatchWriteItem']);
    rest.readsAppSecret(data.appSecret);
    rest.knows('appId', 'appKey', 'limits', 'notificationRetentionInSeconds');
    return rest;
  }

  #channelAuth(config: DeploymentConfig, data: DataStack): PregoneroFunction {
    const channelAuth = new PregoneroFunction(this, 'ChannelAuth', {
      config,
      name: 'channel-auth',
      description: 'Signs the subscriptions that a token allows',
    });
    channelAuth.readsAppSecret(data.appSecret);
    channelAuth.knows('appKey', 'channelPattern', 'jwtIssuers', 'allowedOrigins', 'limits');
    return channelAuth;
  }

  #addRoutes(): void {
    const rest = new HttpLambdaIntegration('Rest', this.rest);
    const channelAuth = new HttpLambdaIntegration('ChannelAuth', this.channelAuth);
    const routes = [
      ...this.api.addRoutes({ path: '/apps/{appId}/events', methods: [HttpMethod.POST], integration: rest }),
      ...this.api.addRoutes({ path: '/up', methods: [HttpMethod.GET], integration: rest }),
      ...this.api.addRoutes({
        path: '/broadcasting/auth',
        // OPTIONS too: allowed origins are host globs, which API Gateway's own CORS does not know.
        methods: [HttpMethod.POST, HttpMethod.OPTIONS],
        integration: channelAuth,
      }),
    ];
    for (const route of routes) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'The functions authorize: by the HMAC signature of the Pusher REST API or by the bearer token of the user. /up is a health check.',
      });
    }
  }
}
