import type { IncomingMessage, ServerResponse } from 'node:http';
import { gatewayId, gatewayIdForm } from '../identifiers.ts';
import { readBounded } from '../read-bounded.ts';
import type { WebSocketApiState } from './api-state.ts';
import type { Connection } from './connection.ts';

/** Longest request body that API Gateway takes in at all, in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const path = /^\/([^/?]+)\/(?:@|%40)connections\/([^/?]+)(?:\?|$)/i;

/**
 * The `@connections` API of a WebSocket API's stages: POST sends to a connection, GET tells of it, DELETE closes it.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(state: WebSocketApiState) {
  const { world } = state;
  const { door, iam, limits } = world;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, stage = '', encodedId = ''] = path.exec(request.url ?? '') ?? [];
    const method = request.method ?? '';
    const act = actions[method];
    if (!act || !state.stages.has(stage)) return answerError(response, forbidden);
    const body = await readBounded(request, MAX_BODY_BYTES);
    if (!body) return answerError(response, tooLarge);
    const admitted = await door.admit(request, body, response);
    if (!admitted) return;
    if (admitted.service !== 'execute-api') return answerError(response, signedForAnother);
    const connectionId = decode(encodedId);
    const decision = iam.authorize(
      admitted.caller,
      'execute-api:ManageConnections',
      `${state.executionArn}/${stage}/${method}/@connections/${connectionId ?? encodedId}`,
    );
    if (!decision.allowed) return answerError(response, accessDenied(decision.reason));
    if (!state.account.admitsRequest()) return answerError(response, throttled);
    if (connectionId === undefined || !gatewayIdForm.test(connectionId))
      return answerError(response, malformed(connectionId ?? encodedId));
    if (body.length > limits.maxMessageBytes) return answerError(response, tooLarge);
    const connection = state.connections.get(connectionId);
    if (!connection || connection.facts.stage !== stage || performance.now() < connection.postableFrom)
      return answerError(response, gone);
    act(connection, body, response);
  }

  return serve;
}

type Action = (connection: Connection, body: Buffer, response: ServerResponse) => void;

const actions: Readonly<Record<string, Action>> = {
  POST(connection, body, response) {
    if (connection.send(body)) answer(response, 200);
    else answerError(response, throttled);
  },
  GET({ facts, lastActiveAt }, _body, response) {
    const { sourceIp, userAgent } = facts.identity;
    const described = {
      connectedAt: new Date(facts.connectedAt).toISOString(),
      identity: { sourceIp, userAgent },
      lastActiveAt: new Date(lastActiveAt()).toISOString(),
    };
    answer(response, 200, JSON.stringify(described));
  },
  DELETE(connection, _body, response) {
    connection.close({ code: 1000, reason: 'Connection Closed Normally' });
    answer(response, 204);
  },
};

interface ManagementError {
  readonly status: number;
  /** What SDKs name the error by: they read the header, not the body. */
  readonly type: string;
  readonly body: string;
}

const forbidden: ManagementError = {
  status: 403,
  type: 'ForbiddenException',
  body: '{"message":"Forbidden"}',
};
/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html */
const signedForAnother: ManagementError = {
  status: 403,
  type: 'InvalidSignatureException',
  body: `{"message":"Credential should be scoped to correct service: 'execute-api'."}`,
};
/** Not established yet, closed, or never there. Its body is empty. */
const gone: ManagementError = { status: 410, type: 'GoneException', body: '' };
const tooLarge: ManagementError = {
  status: 413,
  type: 'PayloadTooLargeException',
  body: '{"message":"Payload size limit exceeded"}',
};
/** Either the account's quota is used up or the client does not read what is sent to it. */
const throttled: ManagementError = {
  status: 429,
  type: 'LimitExceededException',
  body: '{"message":"Too Many Requests"}',
};

function malformed(connectionId: string): ManagementError {
  const message = `Invalid connectionId: ${connectionId}`;
  return { status: 400, type: 'BadRequestException', body: JSON.stringify({ message }) };
}

function accessDenied(reason: string): ManagementError {
  return { status: 403, type: 'AccessDeniedException', body: JSON.stringify({ Message: reason }) };
}

function answerError(response: ServerResponse, error: ManagementError): void {
  answer(response, error.status, error.body, error.type);
}

function answer(response: ServerResponse, status: number, body = '', errorType?: string): void {
  response.writeHead(status, {
    ...(body !== '' && { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': gatewayId(),
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
  });
  response.end(body);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
