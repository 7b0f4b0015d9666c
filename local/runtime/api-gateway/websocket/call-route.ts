import type { WebSocketRoute } from '../../websocket-api.ts';
import type { LogContext } from '../access-log.ts';
import { type CallOutcome, callFunction } from '../call-function.ts';
import type { WebSocketApiState } from './api-state.ts';
import type { ConnectionFacts, RequestContext } from './events.ts';

/** Calls the integration of a route with an event of it. */
export function callRoute(
  state: WebSocketApiState,
  route: WebSocketRoute,
  facts: ConnectionFacts,
  event: unknown,
): Promise<CallOutcome> {
  const integration = state.integrations.get(route.integrationId ?? '');
  if (!integration) {
    const message = `The route ${route.routeKey} of ${state.definition.id} has no integration.`;
    return Promise.resolve({ kind: 'denied', message });
  }
  return callFunction(state.world, {
    functionArn: integration.functionArn,
    sourceArn: `${state.executionArn}/${facts.stage}/${route.routeKey}`,
    event,
    timeoutInMilliseconds: Math.min(integration.timeoutInMilliseconds, state.world.limits.integrationTimeout),
  });
}

/** A Lambda proxy result has a status code; anything else is malformed. */
export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string | undefined;
}

export function readProxyResult(payload: unknown): ProxyResult | undefined {
  const result = (payload ?? {}) as { statusCode?: unknown; headers?: unknown; body?: unknown };
  const statusCode = Number(result.statusCode);
  if (result.statusCode === undefined || !Number.isInteger(statusCode)) return undefined;
  if (result.body !== undefined && result.body !== null && typeof result.body !== 'string') return undefined;
  return {
    statusCode,
    headers: (result.headers ?? {}) as Record<string, unknown>,
    body: result.body ?? undefined,
  };
}

/** How a malformed result is logged. */
export const malformedResult: LogContext = { integrationErrorMessage: 'Malformed Lambda proxy response' };

/** The `$context` variables of an access log that every event of a connection has. */
export function logContext(context: RequestContext, outcome?: CallOutcome): LogContext {
  return {
    requestId: context.requestId,
    extendedRequestId: context.extendedRequestId,
    requestTime: context.requestTime,
    requestTimeEpoch: context.requestTimeEpoch,
    routeKey: context.routeKey,
    eventType: context.eventType,
    messageId: context.messageId,
    stage: context.stage,
    connectionId: context.connectionId,
    connectedAt: context.connectedAt,
    apiId: context.apiId,
    domainName: context.domainName,
    'identity.sourceIp': context.identity.sourceIp,
    'identity.userAgent': context.identity.userAgent,
    'identity.apiKeyId': context.identity.apiKeyId,
    'authorizer.principalId': context.authorizer?.principalId,
    disconnectStatusCode: context.disconnectStatusCode,
    disconnectReason: context.disconnectReason,
    integrationLatency: outcome?.latency,
    integrationErrorMessage: outcome && 'message' in outcome ? outcome.message : undefined,
  };
}
