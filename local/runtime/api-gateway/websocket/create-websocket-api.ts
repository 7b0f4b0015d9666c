import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { WebSocketApi, WebSocketApiDefinition } from '../../websocket-api.ts';
import type { World } from '../../world.ts';
import type { ApiKeys } from '../api-keys.ts';
import { listenFor } from '../listener.ts';
import { type AccountThrottle, createStageThrottle } from '../throttle.ts';
import type { WebSocketApiState } from './api-state.ts';
import { type Connection, superviseConnection } from './connection.ts';
import { createFrameMeter } from './frame-meter.ts';
import { handleDisconnect } from './handle-disconnect.ts';
import { handleMessage } from './handle-message.ts';
import { type HandshakeResult, shakeHands } from './handshake.ts';
import { createManagementApi } from './management.ts';
import { compileRouteSelection } from './route-selection.ts';

/** Starts the listener of a WebSocket API: handshakes, messages and `@connections` on one host, as on AWS. */
export async function createWebSocketApi(
  definition: WebSocketApiDefinition,
  world: World,
  account: AccountThrottle,
  apiKeys: ApiKeys,
): Promise<WebSocketApi> {
  const domainName = `${definition.id}.execute-api.${world.region}.${world.urlSuffix}`;
  const state: WebSocketApiState = {
    world,
    definition,
    domainName,
    executionArn: `arn:${world.partition}:execute-api:${world.region}:${world.accountId}:${definition.id}`,
    account,
    apiKeys,
    selectRoute: compileRouteSelection(definition.routeSelectionExpression),
    stages: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
    routes: new Map(),
    answeringRoutes: new Set(),
    connections: new Map(),
  };
  const endpoint = createEndpoint(state);
  const { server, owns } = await listenFor(domainName, world, endpoint.drop);
  const manage = createManagementApi(state);
  server.on('request', (request, response) => {
    if (!owns(request.headers.host)) response.writeHead(403).end('{"message":"Forbidden"}');
    else
      manage(request, response).catch((failure: unknown) => {
        if (request.complete) world.logs.write('websocket', `@connections failed: ${String(failure)}`);
        response.destroy();
      });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    if (!owns(request.headers.host)) refuseUpgrade(socket, 403, 'Forbidden');
    else void endpoint.upgrade(request, socket, head);
  });

  return {
    definition,
    domainName,
    ...attachments(state),
  };
}

/** What the template attaches; whatever it refers to has to be there, as on AWS. */
function attachments(state: WebSocketApiState): Omit<WebSocketApi, 'definition' | 'domainName'> {
  const { stages, integrations, authorizers, routes } = state;
  const here = `the API ${state.definition.id}`;
  return {
    addStage(stage) {
      if (stages.has(stage.name)) throw new Error(`The stage ${stage.name} of ${here} already exists.`);
      stages.set(stage.name, { stage, throttle: createStageThrottle(stage) });
    },
    hasStage: (name) => stages.has(name),
    addIntegration: (integration) => void integrations.set(integration.id, integration),
    addAuthorizer: (authorizer) => void authorizers.set(authorizer.id, authorizer),
    addRoute(route) {
      const { routeKey, integrationId, authorizerId } = route;
      if (routes.has(routeKey)) throw new Error(`The route ${routeKey} of ${here} already exists.`);
      if (integrationId !== undefined && !integrations.has(integrationId))
        throw new Error(
          `The route ${routeKey} names the integration ${integrationId}, which ${here} has not.`,
        );
      if (authorizerId !== undefined && !authorizers.has(authorizerId))
        throw new Error(`The route ${routeKey} names the authorizer ${authorizerId}, which ${here} has not.`);
      routes.set(routeKey, route);
    },
    hasRoute: (routeKey) => routes.has(routeKey),
    addRouteResponse(routeId) {
      if (![...routes.values()].some(({ id }) => id === routeId))
        throw new Error(`The route response names the route ${routeId}, which ${here} has not.`);
      state.answeringRoutes.add(routeId);
    },
  };
}

interface Endpoint {
  /** Never rejects. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Ends every connection, without `$disconnect`. */
  drop(): void;
}

function createEndpoint(state: WebSocketApiState): Endpoint {
  const { world } = state;
  const subprotocols = new WeakMap<IncomingMessage, string>();
  /** Of handshakes that are still pending and of WebSockets, whatever state they are in. */
  const sockets = new Set<Duplex>();
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: world.limits.maxMessageBytes,
    // The integration chooses, see below; the library is to choose none.
    handleProtocols: () => false,
  });
  webSockets.on('headers', (headers, request) => {
    const subprotocol = subprotocols.get(request);
    if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  });

  function open(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { facts, stage, subprotocol }: HandshakeResult & { accepted: true },
  ): void {
    if (subprotocol !== undefined) subprotocols.set(request, subprotocol);
    if (!socket.readable || !socket.writable) {
      socket.destroy();
      disconnected({ facts }, { code: 1006, reason: '' });
      return;
    }
    let connection: Connection | undefined;
    // Before the library's own listener, so that it sees every byte first.
    const meter = createFrameMeter(world.limits.maxFrameBytes, () =>
      connection?.close({ code: 1009, reason: '' }),
    );
    socket.on('data', meter);
    webSockets.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket: WebSocket) => {
      const opened = superviseConnection(webSocket, facts, stage.throttle, world.limits, {
        message: (body) => void handleMessage(state, opened, body),
        closed: (closing) => {
          state.connections.delete(facts.connectionId);
          disconnected(opened, closing);
        },
      });
      connection = opened;
      state.connections.set(facts.connectionId, opened);
    });
    // Only now do both listen: the library would have put them back when there was but one.
    if (head.length > 0) socket.unshift(head);
  }

  function disconnected(
    connection: Pick<Connection, 'facts'>,
    closing: { code: number; reason: string },
  ): void {
    void handleDisconnect(state, connection, closing);
  }

  return {
    async upgrade(request, socket, head) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      const invalid = invalidHandshake(request);
      if (invalid) return refuseUpgrade(socket, 400, invalid);
      const result = await shakeHands(state, request);
      if (result.accepted) open(request, socket, head, result);
      else refuseUpgrade(socket, result.status, result.message);
    },
    drop() {
      for (const connection of state.connections.values()) connection.drop();
      state.connections.clear();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What RFC 6455, section 4.2.1, asks of a handshake: checked before a function is called for it. */
function invalidHandshake({ method, headers }: IncomingMessage): string | undefined {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return 'Bad Request';
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')) return 'Invalid Sec-WebSocket-Key';
  return headers['sec-websocket-version'] === '13' ? undefined : 'Unsupported Sec-WebSocket-Version';
}

function refuseUpgrade(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n` +
      'content-type: application/json\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
