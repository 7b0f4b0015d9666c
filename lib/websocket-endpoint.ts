import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { PregoneroFunction } from './pregonero-function.ts';

/** Where connections are posted to and closed. */
export interface ManagementEndpoint {
  /** `https://{api}.execute-api.{region}.{suffix}/{stage}` */
  readonly callbackUrl: string;
  arnForConnections(method: 'POST' | 'DELETE'): string;
}

export interface WebSocketEndpointProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
}

/** The WebSocket API with the functions behind its three routes. */
export class WebSocketEndpoint extends Construct implements ManagementEndpoint {
  readonly functions: readonly PregoneroFunction[];
  readonly apiId: string;
  readonly #stage: WebSocketStage;

  constructor(scope: Construct, id: string, { config, data }: WebSocketEndpointProps) {
    super(scope, id);
    const api = new WebSocketApi(this, 'Api', {
      apiName: `pregonero-${config.stage}`,
      description: 'Pusher Channels protocol 7',
      // Every message goes to $default; the protocol has one parser, and it is not API Gateway.
      routeSelectionExpression: '$request.body.event',
    });
    this.apiId = api.apiId;
    const logs = new LogGroup(this, 'AccessLogs', {
      logGroupName: `/pregonero/${config.stage}/websocket`,
      retention: config.logRetentionInDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: api,
      stageName: config.stage,
      autoDeploy: true,
      throttle: { rateLimit: config.throttling.requestsPerSecond, burstLimit: config.throttling.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(logs), format: ACCESS_LOG },
    });

    const authorize = new PregoneroFunction(this, 'Authorize', {
      config,
      name: 'authorize',
      description: 'Verifies the token of a handshake',
    });
    authorize.knows('jwtIssuers');

    const connect = new PregoneroFunction(this, 'Connect', {
      config,
      name: 'connect',
      description: 'Stores a connection, or why it is refused',
    });
    connect.usesTable(environmentNames.connectionsTable, data.connections, [
      'Query',
      'GetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ]);
    connect.knows('appKey', 'allowedOrigins', 'limits');

    const disconnect = new PregoneroFunction(this, 'Disconnect', {
      config,
      name: 'disconnect',
      description: 'Removes a connection',
    });
    disconnect.usesTable(environmentNames.connectionsTable, data.connections, ['DeleteItem']);

    const message = new PregoneroFunction(this, 'Message', {
      config,
      name: 'message',
      description: 'Answers what a client sends',
    });
    message.usesTable(environmentNames.connectionsTable, data.connections, [
      'Query',
      'GetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
    ]);
    message.readsAppSecret(data.appSecret);
    message.knows('appKey', 'channelPattern', 'limits');
    message.managesConnections(this);

    new WebSocketRoute(this, 'ConnectRoute', {
      webSocketApi: api,
      routeKey: '$connect',
      integration: new WebSocketLambdaIntegration('Connect', connect),
      // No identity source: an app key or a token is enough, and which of them is there only the function knows.
      authorizer: new WebSocketLambdaAuthorizer('Authorizer', authorize, { identitySource: [] }),
    });
    new WebSocketRoute(this, 'DefaultRoute', {
      webSocketApi: api,
      routeKey: '$default',
      integration: new WebSocketLambdaIntegration('Message', message),
      returnResponse: true,
    });
    new WebSocketRoute(this, 'DisconnectRoute', {
      webSocketApi: api,
      routeKey: '$disconnect',
      integration: new WebSocketLambdaIntegration('Disconnect', disconnect),
    });
    this.functions = [authorize, connect, disconnect, message];
  }

  get url(): string {
    return this.#stage.url;
  }

  get callbackUrl(): string {
    return this.#stage.callbackUrl;
  }

  get stageName(): string {
    return this.#stage.stageName;
  }

  arnForConnections(method: 'POST' | 'DELETE'): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.apiId,
      resourceName: `${this.#stage.stageName}/${method}/@connections/*`,
    });
  }
}

// The query string stays out: it may carry a token.
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    requestTime: '$context.requestTime',
    sourceIp: '$context.identity.sourceIp',
    connectionId: '$context.connectionId',
    eventType: '$context.eventType',
    routeKey: '$context.routeKey',
    status: '$context.status',
    integrationLatency: '$context.integrationLatency',
    error: '$context.error.message',
    integrationError: '$context.integrationErrorMessage',
    authorizerError: '$context.authorizer.error',
  }),
);
