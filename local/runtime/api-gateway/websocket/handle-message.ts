import type { LogContext } from '../access-log.ts';
import type { CallOutcome } from '../call-function.ts';
import { gatewayId } from '../identifiers.ts';
import { logAccess, type WebSocketApiState } from './api-state.ts';
import { callRoute, logContext, malformedResult, readProxyResult } from './call-route.ts';
import type { Connection } from './connection.ts';
import { messageEvent, type RequestContext, requestContext } from './events.ts';

/**
 * One message of a client: its route is selected and its function called. On a route with a route response the body
 * that the function returns is sent back, an empty frame when it returns none; on any other it is dropped. Never rejects.
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html,
 * for the empty frame https://github.com/serverless/serverless/issues/6816
 */
export async function handleMessage(
  state: WebSocketApiState,
  connection: Connection,
  body: string,
): Promise<void> {
  const { facts } = connection;
  const selected = state.selectRoute(body);
  const route =
    (selected === '$connect' || selected === '$disconnect' ? undefined : state.routes.get(selected)) ??
    state.routes.get('$default');
  const routeKey = route?.routeKey ?? selected;
  const context = requestContext(facts, { eventType: 'MESSAGE', routeKey, messageId: gatewayId() });
  const log = (status: number, outcome?: CallOutcome, more: LogContext = {}): void =>
    logAccess(state, facts.stage, { ...logContext(context, outcome), status, ...more });
  const fail = (status: number, message: string, outcome?: CallOutcome, more: LogContext = {}): void => {
    connection.send(errorFrame(message, context));
    log(status, outcome, { 'error.message': message, ...more });
  };

  if (!state.account.admitsRequest() || !connection.stageThrottle(routeKey))
    return fail(429, 'Too Many Requests');
  if (!route) return fail(403, 'Forbidden');
  const outcome = await callRoute(state, route, facts, messageEvent(facts, context, body));
  if (outcome.kind === 'timeout') return fail(504, 'Endpoint request timed out', outcome);
  if (outcome.kind !== 'returned') return fail(500, 'Internal server error', outcome);
  if (!isTwoWay(state, route)) return log(200, outcome);
  const result = readProxyResult(outcome.payload);
  if (!result || Buffer.byteLength(result.body ?? '') > state.world.limits.maxMessageBytes)
    return fail(500, 'Internal server error', outcome, malformedResult);
  connection.send(result.body ?? '');
  log(result.statusCode, outcome);
}

function isTwoWay(
  state: WebSocketApiState,
  route: { readonly id: string; readonly routeResponseSelectionExpression?: string },
): boolean {
  return route.routeResponseSelectionExpression === '$default' && state.answeringRoutes.has(route.id);
}

/** The very bytes of AWS, spaces included. Observed: https://github.com/aws-samples/simple-websockets-chat-app/issues/42 */
function errorFrame(message: string, { connectionId, requestId }: RequestContext): string {
  return `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}
