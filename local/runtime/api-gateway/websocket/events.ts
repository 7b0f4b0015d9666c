import { commonLogTime, gatewayId } from '../identifiers.ts';
import type { HeaderPair } from '../request-headers.ts';

/** What stays the same in every event of a connection. */
export interface ConnectionFacts {
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  readonly identity: {
    readonly sourceIp: string;
    readonly userAgent?: string;
    readonly apiKey?: string;
    readonly apiKeyId?: string;
  };
  /** `principalId` and the authorizer's context, all strings; absent without an authorizer. */
  readonly authorizer?: Readonly<Record<string, string>>;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly domainName: string;
  readonly apiId: string;
}

/** `requestContext` of an event. Its `requestId` names the request in error frames and logs. */
export interface RequestContext extends Omit<ConnectionFacts, 'stageVariables'> {
  readonly routeKey: string;
  readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  readonly messageId?: string;
  readonly disconnectStatusCode?: number;
  readonly disconnectReason?: string;
  readonly extendedRequestId: string;
  readonly requestId: string;
  /** `22/Feb/2022:19:07:37 +0000` */
  readonly requestTime: string;
  readonly requestTimeEpoch: number;
  readonly messageDirection: 'IN';
}

type Extras = Pick<
  RequestContext,
  'eventType' | 'routeKey' | 'messageId' | 'disconnectStatusCode' | 'disconnectReason'
>;

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html */
export function requestContext(facts: ConnectionFacts, extras: Extras): RequestContext {
  const { stageVariables: _, ...shared } = facts;
  const requestId = gatewayId();
  const now = Date.now();
  return {
    ...extras,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    requestTimeEpoch: now,
    requestId,
    ...shared,
  };
}

/** The same request, once it is known who makes it. */
export function withIdentity(
  context: RequestContext,
  { identity, authorizer }: ConnectionFacts,
): RequestContext {
  return { ...context, identity, ...(authorizer && { authorizer }) };
}

/** The parts of the handshake that authorizer and `$connect` see. */
export interface Handshake {
  readonly headers: readonly HeaderPair[];
  /** Decoded, in the order of the URL; undefined without a query string. */
  readonly query: readonly (readonly [string, string])[] | undefined;
}

/** Headers of the hop, which the authorizer sees and the integration of `$connect` does not. */
const hopHeaders = new Set(['connection', 'upgrade', 'content-length']);

/**
 * The event of the `$connect` integration: headers keep the case of the client, of a repeated query parameter the last
 * counts. Observed on AWS; there is no body, path or method.
 */
export function connectEvent(
  facts: ConnectionFacts,
  handshake: Handshake,
  context: RequestContext,
): Record<string, unknown> {
  const headers = handshake.headers.filter(([name]) => !hopHeaders.has(name.toLowerCase()));
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    ...(handshake.query && {
      queryStringParameters: Object.fromEntries(handshake.query),
      multiValueQueryStringParameters: multiValue(handshake.query),
    }),
    ...withStageVariables(facts),
    requestContext: context,
    isBase64Encoded: false,
  };
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html */
export function authorizerEvent(
  facts: ConnectionFacts,
  handshake: Handshake,
  context: RequestContext,
  methodArn: string,
): Record<string, unknown> {
  const query = handshake.query ?? [];
  const headers: HeaderPair[] = [
    ...handshake.headers.filter(([name]) => !hopHeaders.has(name.toLowerCase())),
    ['Connection', 'upgrade'],
    ['content-length', '0'],
    ['Upgrade', 'websocket'],
  ];
  return {
    type: 'REQUEST',
    methodArn,
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    queryStringParameters: Object.fromEntries(query),
    multiValueQueryStringParameters: multiValue(query),
    stageVariables: facts.stageVariables,
    requestContext: context,
  };
}

/** Headers and query string are those of the handshake alone: a message has none. */
export function messageEvent(facts: ConnectionFacts, context: RequestContext, body: string) {
  return { ...withStageVariables(facts), requestContext: context, body, isBase64Encoded: false };
}

/** Its headers are an odd set, observed on AWS. */
export function disconnectEvent(facts: ConnectionFacts, context: RequestContext) {
  const headers: HeaderPair[] = [
    ['Host', facts.domainName],
    ['x-api-key', ''],
    ['X-Forwarded-For', ''],
    ['x-restapi', ''],
  ];
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    ...withStageVariables(facts),
    requestContext: context,
    isBase64Encoded: false,
  };
}

function withStageVariables({ stageVariables }: ConnectionFacts): Record<string, unknown> {
  return Object.keys(stageVariables).length > 0 ? { stageVariables } : {};
}

function multiValue(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    const values = all[name];
    if (values) values.push(value);
    else all[name] = [value];
  }
  return all;
}
