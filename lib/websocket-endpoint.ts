import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketRoute, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import { accessLog } from './access-log.ts';
import { ApiGatewayLogRole } from './api-gateway-log-role.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig, EdgeConfig } from './deployment-config.ts';
import { EdgeKey } from './edge-key.ts';
import { type ManagementEndpoint, PregoneroFunction } from './pregonero-function.ts';

export interface WebSocketEndpointProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/** The WebSocket API with its one stage and the functions behind its three routes. */
export class WebSocketEndpoint extends Construct implements ManagementEndpoint {
  readonly api: WebSocketApi;
  readonly stage: WebSocketStage;
  /** What CloudFront always shows, and `$connect` requires when CloudFront is the only way in. */
  readonly edgeKey: EdgeKey;
  readonly authorize: PregoneroFunction;
  readonly connect: PregoneroFunction;
  readonly disconnect: PregoneroFunction;
  readonly message: PregoneroFunction;

  constructor(scope: Construct, id: string, { config, data }: WebSocketEndpointProps) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `pregonero-${config.stage}`,
      description: 'Pusher Channels protocol 7',
      // No route but $default takes messages, whatever this selects: the protocol has its own parser.
      routeSelectionExpression: '$request.body.event',
    });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: config.stage,
      autoDeploy: true,
      throttle: { rateLimit: config.throttling.requestsPerSecond, burstLimit: config.throttling.burst },
      accessLogSettings: accessLog(this, 'websocket', config, {
        connectionId: '$context.connectionId',
        eventType: '$context.eventType',
        authorizerError: '$context.authorizer.error',
      }),
    });
    if (config.apiGatewayLogRole === 'create') {
      this.stage.node.addDependency(new ApiGatewayLogRole(this, 'LogRole'));
    }
    this.edgeKey = new EdgeKey(this, 'EdgeKey', this.stage);

    this.authorize = this.#authorize(config);
    this.connect = this.#connect(config, data);
    this.disconnect = this.#disconnect(config, data);
    this.message = this.#message(config, data);
    this.#addRoutes(config.edge);
  }

  get callbackUrl(): string {
    return this.stage.callbackUrl;
  }

  arnForConnections(method: 'POST' | 'DELETE'): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.api.apiId,
      resourceName: `${this.stage.stageName}/${method}/@connections/*`,
    });
  }

  /** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
  metric(metricName: string, props?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiId: this.api.apiId, Stage: this.stage.stageName },
      ...props,
    });
  }

  #authorize(config: DeploymentConfig): PregoneroFunction {
    const authorize = new PregoneroFunction(this, 'Authorize', {
      config,
      name: 'authorize',
      purpose: 'answering',
      description: 'Verifies the token of a handshake',
      saysNoWith: 'Unauthorized',
    });
    authorize.knows('jwtIssuers', 'channelPattern', 'limits');
    return authorize;
  }

  #connect(config: DeploymentConfig, data: DataStack): PregoneroFunction {
    const connect = new PregoneroFunction(this, 'Connect', {
      config,
      name: 'connect',
      purpose: 'greeting',
      description: 'Stores a new connection, or why it is refused',
    });
    connect.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'ConditionCheckItem',
    ]);
    connect.knows('appKey', 'allowedOrigins', 'limits');
    return connect;
  }

  #disconnect(config: DeploymentConfig, data: DataStack): PregoneroFunction {
    const disconnect = new PregoneroFunction(this, 'Disconnect', {
      config,
      name: 'disconnect',
      purpose: 'following',
      description: 'Removes a connection',
    });
    disconnect.usesTable(environmentNames.connectionsTable, data.connections, ['DeleteItem']);
    return disconnect;
  }

  #message(config: DeploymentConfig, data: DataStack): PregoneroFunction {
    const message = new PregoneroFunction(this, 'Message', {
      config,
      name: 'message',
      purpose: 'answering',
      // A second less than API Gateway waits: what it says then no Pusher client knows.
      timeout: Duration.seconds(28),
      description: 'Answers what a client sends',
    });
    message.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
      'ConditionCheckItem',
    ]);
    message.usesTable(environmentNames.notificationsTable, data.notifications, ['PutItem']);
    message.readsAppSecret(data.appSecret);
    message.knows('appKey', 'channelPattern', 'clientEvents', 'denialInSeconds', 'limits');
    message.managesConnections(this);
    return message;
  }

  #addRoutes({ onlyWayIn }: EdgeConfig): void {
    const connect = new WebSocketRoute(this, 'ConnectRoute', {
      webSocketApi: this.api,
      routeKey: '$connect',
      integration: new WebSocketLambdaIntegration('Connect', this.connect),
      // A source that is listed must be there: an app key or a token will do, and only the function can tell.
      // Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', this.authorize, { identitySource: [] }),
      // Said in either case: a property that leaves a template is not sure to be reset.
      apiKeyRequired: onlyWayIn,
    });
    const message = new WebSocketRoute(this, 'DefaultRoute', {
      webSocketApi: this.api,
      routeKey: '$default',
      integration: new WebSocketLambdaIntegration('Message', this.message),
      returnResponse: true,
    });
    const disconnect = new WebSocketRoute(this, 'DisconnectRoute', {
      webSocketApi: this.api,
      routeKey: '$disconnect',
      integration: new WebSocketLambdaIntegration('Disconnect', this.disconnect),
    });
    // The stage deploys itself when it is created: then every route is to be there.
    this.stage.node.addDependency(connect, message, disconnect);
    for (const route of [message, disconnect]) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'API Gateway authorizes a WebSocket on $connect and nowhere else.',
      });
    }
  }
}
