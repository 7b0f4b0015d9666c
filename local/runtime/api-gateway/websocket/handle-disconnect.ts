import { logAccess, type WebSocketApiState } from './api-state.ts';
import { callRoute, logContext } from './call-route.ts';
import type { Closing, Connection } from './connection.ts';
import { disconnectEvent, requestContext } from './events.ts';

/**
 * `$disconnect`, after the close and at best: a fault may lose it, and nobody tries again when the function fails.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export async function handleDisconnect(
  state: WebSocketApiState,
  { facts }: Pick<Connection, 'facts'>,
  { code, reason }: Closing,
): Promise<void> {
  const route = state.routes.get('$disconnect');
  if (!route || state.world.faults.losesDisconnect(facts.connectionId)) return;
  const context = requestContext(facts, {
    eventType: 'DISCONNECT',
    routeKey: '$disconnect',
    disconnectStatusCode: code,
    disconnectReason: reason,
  });
  const outcome = await callRoute(state, route, facts, disconnectEvent(facts, context));
  const status = outcome.kind === 'returned' ? 200 : 500;
  logAccess(state, facts.stage, { ...logContext(context, outcome), status });
}
