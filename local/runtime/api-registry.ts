import type { HttpApi, HttpApiDefinition } from './http-api.ts';
import type { WebSocketApi, WebSocketApiDefinition } from './websocket-api.ts';

/** `AWS::ApiGateway::ApiKey`. */
export interface ApiKey {
  readonly id: string;
  readonly value: string;
  readonly enabled: boolean;
}

/** `AWS::ApiGateway::UsagePlan`: which stages its keys open. */
export interface UsagePlan {
  readonly id: string;
  readonly stages: readonly { readonly apiId: string; readonly stage: string }[];
}

/** The API Gateway v2 APIs of the template by id; routes, integrations and stages attach to them as they are created. */
export interface ApiRegistry {
  /** Resolves when the API listens and its host name is in the address book. */
  createWebSocket(definition: WebSocketApiDefinition): Promise<WebSocketApi>;
  createHttp(definition: HttpApiDefinition): Promise<HttpApi>;
  /** Throws when there is no such API. */
  webSocket(apiId: string): WebSocketApi;
  http(apiId: string): HttpApi;
  kindOf(apiId: string): 'WEBSOCKET' | 'HTTP' | undefined;
  addApiKey(key: ApiKey): void;
  /** Throws when it names a stage that no WebSocket API has: HTTP APIs know no API keys. */
  addUsagePlan(plan: UsagePlan): void;
  addKeyToPlan(keyId: string, usagePlanId: string): void;
}
