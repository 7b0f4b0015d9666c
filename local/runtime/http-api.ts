import type { ApiStage, LambdaIntegration } from './api-stage.ts';

/** `CorsConfiguration`: API Gateway answers preflights itself and overwrites the integration's CORS headers. */
export interface HttpApiCors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly maxAgeInSeconds?: number;
}

export interface HttpApiDefinition {
  readonly id: string;
  readonly name: string;
  readonly cors?: HttpApiCors;
  readonly disableExecuteApiEndpoint: boolean;
}

export interface HttpRoute {
  readonly id: string;
  /** `POST /apps/{appId}/events`, `ANY /{proxy+}`, `$default`. */
  readonly routeKey: string;
  readonly integrationId: string;
}

/**
 * One HTTP API with Lambda integrations of payload format 2.0 behind a listener of its own.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */
export interface HttpApi {
  readonly definition: HttpApiDefinition;
  /** `{id}.execute-api.{region}.{suffix}` */
  readonly domainName: string;
  /** Throws when the name is taken. */
  addStage(stage: ApiStage): void;
  addIntegration(integration: LambdaIntegration): void;
  /** Throws when the key is taken or of another form, or the integration is not there. */
  addRoute(route: HttpRoute): void;
  hasRoute(routeKey: string): boolean;
}
