import type { ApiStage, LambdaIntegration } from './api-stage.ts';

export interface WebSocketApiDefinition {
  readonly id: string;
  readonly name: string;
  /** `$request.body.action`, `${request.body.a}/${request.body.b}` or static text. */
  readonly routeSelectionExpression: string;
  /** `$request.header.x-api-key` or `$context.authorizer.usageIdentifierKey`. */
  readonly apiKeySelectionExpression: string;
  readonly disableExecuteApiEndpoint: boolean;
}

export interface WebSocketRoute {
  readonly id: string;
  /** `$connect`, `$disconnect`, `$default` or a custom key. */
  readonly routeKey: string;
  readonly integrationId?: string;
  readonly authorizerId?: string;
  readonly apiKeyRequired: boolean;
  /** `$default` makes the route two-way, once it has a route response. */
  readonly routeResponseSelectionExpression?: string;
}

/** A Lambda authorizer of type REQUEST. */
export interface WebSocketAuthorizer {
  readonly id: string;
  readonly functionArn: string;
  /** `route.request.header.Auth`, `route.request.querystring.token`; none: the function is always called. */
  readonly identitySources: readonly string[];
}

/**
 * One WebSocket API: its listener, its connections and their `@connections` API. What the template says is attached
 * while resources are created; it counts from the next handshake or message on.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html
 */
export interface WebSocketApi {
  readonly definition: WebSocketApiDefinition;
  /** `{id}.execute-api.{region}.{suffix}` */
  readonly domainName: string;
  /** Throws when the name is taken. */
  addStage(stage: ApiStage): void;
  hasStage(name: string): boolean;
  addIntegration(integration: LambdaIntegration): void;
  addAuthorizer(authorizer: WebSocketAuthorizer): void;
  /** Throws when the key is taken, or the integration or the authorizer is not there. */
  addRoute(route: WebSocketRoute): void;
  hasRoute(routeKey: string): boolean;
  /** Makes the route answer its client with the body that its function returns. Throws when there is no such route. */
  addRouteResponse(routeId: string): void;
}
