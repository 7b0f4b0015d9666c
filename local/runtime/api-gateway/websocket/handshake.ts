import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { ApiKey } from '../../api-registry.ts';
import type { WebSocketRoute } from '../../websocket-api.ts';
import type { LogContext } from '../access-log.ts';
import type { CallOutcome } from '../call-function.ts';
import { gatewayId } from '../identifiers.ts';
import { gatewayHeaders, sourceIp } from '../request-headers.ts';
import { logAccess, type RunningStage, type WebSocketApiState } from './api-state.ts';
import { authorize } from './authorize.ts';
import { callRoute, logContext, malformedResult, readProxyResult } from './call-route.ts';
import {
  type ConnectionFacts,
  connectEvent,
  type Handshake,
  type RequestContext,
  requestContext,
  withIdentity,
} from './events.ts';

/** Longest URL, in characters. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_URL_LENGTH = 4096;

export type HandshakeResult =
  | {
      readonly accepted: true;
      readonly facts: ConnectionFacts;
      readonly stage: RunningStage;
      /** The one that the integration's answer names. API Gateway negotiates nothing itself. */
      readonly subprotocol: string | undefined;
    }
  | { readonly accepted: false; readonly status: number; readonly message: string };

/**
 * Everything between the upgrade request and its answer: path, quotas, API key, authorizer, `$connect` integration.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export async function shakeHands(
  state: WebSocketApiState,
  request: IncomingMessage,
): Promise<HandshakeResult> {
  const url = request.url ?? '/';
  if (url.length > MAX_URL_LENGTH) return refuse(414, 'Request-URI Too Long');
  const [path = '', search] = splitOnce(url, '?');
  const stage = state.stages.get(/^\/([^/]+)\/?$/.exec(path)?.[1] ?? '');
  if (!stage || state.definition.disableExecuteApiEndpoint) return refuse(403, 'Forbidden');
  const admitted =
    state.account.admitsConnection() && state.account.admitsRequest() && stage.throttle('$connect');
  if (!admitted) return refuse(429, 'Too Many Requests');
  const handshake: Handshake = {
    headers: gatewayHeaders(request, state.domainName),
    query: search ? [...new URLSearchParams(search)] : undefined,
  };
  return connect(state, stage, newFacts(state, stage, request), handshake);
}

/** Who connects: the API key and what the authorizer says. */
async function identify(
  state: WebSocketApiState,
  route: WebSocketRoute | undefined,
  facts: ConnectionFacts,
  handshake: Handshake,
  context: RequestContext,
): Promise<ConnectionFacts | Refusal> {
  const keyFromHeader = state.definition.apiKeySelectionExpression === '$request.header.x-api-key';
  let identified = facts;
  if (route?.apiKeyRequired && keyFromHeader) {
    const key = findKey(state, facts, header(handshake, 'x-api-key'));
    if (!key) return { status: 403, message: 'Forbidden' };
    identified = withKey(identified, key);
  }
  if (route?.authorizerId === undefined) return identified;
  const authorizer = state.authorizers.get(route.authorizerId);
  if (!authorizer) {
    const error = `The API has no authorizer ${route.authorizerId}.`;
    state.world.logs.write('websocket', error);
    return { status: 500, message: authorizerMessages[500], log: { 'authorizer.error': error } };
  }
  const authorization = await authorize(state.world, authorizer, identified, handshake, context);
  if (!authorization.allowed) {
    const { status, error } = authorization;
    if (status === 500) state.world.logs.write('websocket', `The authorizer failed: ${error}`);
    return { status, message: authorizerMessages[status], log: { 'authorizer.error': error } };
  }
  identified = { ...identified, authorizer: authorization.authorizer };
  if (!route?.apiKeyRequired || keyFromHeader) return identified;
  const key = findKey(state, facts, authorization.usageIdentifierKey);
  return key ? withKey(identified, key) : { status: 403, message: 'Forbidden' };
}

/** The answer of the `$connect` integration decides; without an integration everyone may connect. */
async function callConnect(
  state: WebSocketApiState,
  route: WebSocketRoute | undefined,
  facts: ConnectionFacts,
  event: unknown,
): Promise<{ readonly subprotocol: string | undefined; readonly outcome?: CallOutcome } | Refusal> {
  if (!route?.integrationId) return { subprotocol: undefined };
  const outcome = await callRoute(state, route, facts, event);
  if (outcome.kind === 'timeout') return { status: 504, message: 'Endpoint request timed out', outcome };
  if (outcome.kind !== 'returned') {
    const status = outcome.kind === 'failed' ? 502 : 500;
    return { status, message: 'Internal server error', outcome };
  }
  const result = readProxyResult(outcome.payload);
  if (!result) return { status: 502, message: 'Internal server error', outcome, log: malformedResult };
  if (result.statusCode < 200 || result.statusCode > 299)
    return { status: result.statusCode, message: STATUS_CODES[result.statusCode] ?? 'Refused', outcome };
  return { subprotocol: subprotocolOf(result.headers), outcome };
}

async function connect(
  state: WebSocketApiState,
  stage: RunningStage,
  facts: ConnectionFacts,
  handshake: Handshake,
): Promise<HandshakeResult> {
  const route = state.routes.get('$connect');
  let context = requestContext(facts, { eventType: 'CONNECT', routeKey: '$connect' });
  const log = (status: number, outcome?: CallOutcome, more: LogContext = {}): void =>
    logAccess(state, facts.stage, { ...logContext(context, outcome), status, ...more });
  const refused = ({ status, message, outcome, log: more }: Refusal): HandshakeResult => {
    log(status, outcome, { 'error.message': message, ...more });
    return refuse(status, message);
  };

  const identified = await identify(state, route, facts, handshake, context);
  if ('status' in identified) return refused(identified);
  context = withIdentity(context, identified);
  const connected = await callConnect(state, route, identified, connectEvent(identified, handshake, context));
  if ('status' in connected) return refused(connected);
  log(200, connected.outcome);
  return { accepted: true, facts: identified, stage, subprotocol: connected.subprotocol };
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Of the integration, if it was called. */
  readonly outcome?: CallOutcome;
  readonly log?: LogContext;
}

const authorizerMessages = { 401: 'Unauthorized', 403: 'Forbidden', 500: 'Internal server error' } as const;

function newFacts(
  state: WebSocketApiState,
  { stage }: RunningStage,
  request: IncomingMessage,
): ConnectionFacts {
  const userAgent = request.headers['user-agent'];
  return {
    connectionId: gatewayId(),
    connectedAt: Date.now(),
    identity: { ...(userAgent !== undefined && { userAgent }), sourceIp: sourceIp(request) },
    stage: stage.name,
    stageVariables: stage.variables,
    domainName: state.domainName,
    apiId: state.definition.id,
  };
}

function findKey(
  state: WebSocketApiState,
  facts: ConnectionFacts,
  value: string | undefined,
): ApiKey | undefined {
  return state.apiKeys.find(value, facts.apiId, facts.stage);
}

function withKey(facts: ConnectionFacts, key: ApiKey): ConnectionFacts {
  return { ...facts, identity: { ...facts.identity, apiKey: key.value, apiKeyId: key.id } };
}

function header(handshake: Handshake, wanted: string): string | undefined {
  return handshake.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function subprotocolOf(headers: Readonly<Record<string, unknown>>): string | undefined {
  const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol');
  const subprotocol = found ? String(found[1]) : '';
  return /^[\w!#$%&'*+.^`|~-]+$/.test(subprotocol) ? subprotocol : undefined;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse(status: number, message: string): HandshakeResult {
  return { accepted: false, status, message };
}
