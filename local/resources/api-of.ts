import type { HttpApi } from '../runtime/http-api.ts';
import type { WebSocketApi } from '../runtime/websocket-api.ts';
import type { World } from '../runtime/world.ts';

/** The API that a resource's `ApiId` names. */
export function apiOf(
  apiId: string,
  world: World,
): { kind: 'WEBSOCKET'; api: WebSocketApi } | { kind: 'HTTP'; api: HttpApi } {
  const kind = world.apis.kindOf(apiId);
  if (kind === 'WEBSOCKET') return { kind, api: world.apis.webSocket(apiId) };
  if (kind === 'HTTP') return { kind, api: world.apis.http(apiId) };
  throw new Error(`ApiId is ${JSON.stringify(apiId)}; expected an API of this assembly`);
}

/** As above, for what only WebSocket APIs have. */
export function webSocketApiOf(apiId: string, world: World): WebSocketApi {
  const found = apiOf(apiId, world);
  if (found.kind === 'WEBSOCKET') return found.api;
  throw new Error(`ApiId is ${JSON.stringify(apiId)}, an HTTP API; supported are WebSocket APIs`);
}
