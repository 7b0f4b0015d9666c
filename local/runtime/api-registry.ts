import type { HttpApi } from './http-api.ts';
import type { WebSocketApi } from './websocket-api.ts';

/** The API Gateway v2 APIs of the template by id; routes, integrations and stages attach to them as they are created. */
export interface ApiRegistry {
  webSocket(apiId: string): WebSocketApi;
  http(apiId: string): HttpApi;
  kindOf(apiId: string): 'WEBSOCKET' | 'HTTP' | undefined;
}
