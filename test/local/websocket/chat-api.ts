import type { IncomingMessage } from 'node:http';
import { connect as connectSocket, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ApiStage } from '../../../local/runtime/api-stage.ts';
import type { Faults } from '../../../local/runtime/faults.ts';
import type { LocalLimits } from '../../../local/runtime/local-limits.ts';
import type { WebSocketApi, WebSocketApiDefinition } from '../../../local/runtime/websocket-api.ts';
import { type FunctionChanges, type SmallWorld, smallWorld } from '../setup/small-world.ts';

/** A function that logs its event as `event {…}` and returns what the expression says. */
export const tells = (result = '{ statusCode: 200 }'): string =>
  `export const handler = async (event) => { console.log('event ' + JSON.stringify(event)); return (${result}); };`;

export interface ChatApi extends SmallWorld {
  readonly api: WebSocketApi;
  readonly origin: string;
  /** Adds a function, its integration and its route; returns the route's id. */
  route(routeKey: string, source: string, changes?: RouteChanges): Promise<string>;
  /** Adds a function as authorizer; returns its id. */
  authorizer(source: string, identitySources?: string[], changes?: FunctionChanges): Promise<string>;
  /** Dials the stage; resolves once the answer to the handshake is there. */
  dial(options?: DialOptions): Promise<Client>;
  /** Sends the handshake, and after it only what a test writes itself. */
  dialRaw(): Promise<{ readonly socket: Socket; received(): Buffer }>;
  /** The status and body of a handshake that is refused. */
  refusal(options?: DialOptions): Promise<{ status: number; body: string }>;
  /** Cuts the line of every client. */
  hangUp(): void;
  /** The id of the nth connection, from its `$connect` event. */
  connectionId(index?: number): string;
  /** Events that a function was called with, in order. */
  events(functionName: string): Record<string, never>[];
  /** A request to `@connections`. */
  manage(method: string, connectionId: string, body?: string, path?: string): Promise<Response>;
}

interface GatewayEvent {
  readonly requestContext: { readonly connectionId: string };
}

export interface RouteChanges {
  readonly authorizerId?: string;
  readonly apiKeyRequired?: boolean;
  readonly answers?: boolean;
  readonly timeoutInMilliseconds?: number;
  readonly lambda?: FunctionChanges;
}

export interface DialOptions {
  readonly path?: string;
  readonly protocols?: string[];
  readonly headers?: Record<string, string>;
}

export interface Client {
  readonly socket: WebSocket;
  readonly response: IncomingMessage;
  /** Text messages so far. */
  readonly messages: string[];
  readonly closed: Promise<{ code: number; reason: string }>;
}

export interface ChatOptions {
  readonly limits?: Partial<LocalLimits>;
  readonly faults?: Partial<Faults>;
  readonly definition?: Partial<WebSocketApiDefinition>;
  readonly stage?: Partial<ApiStage>;
}

export async function chatApi({ limits, faults, definition, stage }: ChatOptions = {}): Promise<ChatApi> {
  const small = smallWorld({ establishDelay: 0, ...limits }, faults);
  const api = await small.world.apis.createWebSocket({
    id: 'abcdef1234',
    name: 'chat',
    routeSelectionExpression: '$request.body.action',
    apiKeySelectionExpression: '$request.header.x-api-key',
    disableExecuteApiEndpoint: false,
    ...definition,
  });
  api.addStage({ name: 'dev', variables: {}, defaultThrottle: {}, routeThrottles: {}, ...stage });
  const origin = small.addresses.get(api.domainName) ?? '';
  const clients: WebSocket[] = [];
  const raws: Socket[] = [];

  function connect({ path = '/dev', protocols = [], headers = {} }: DialOptions): WebSocket {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, protocols, { headers });
    clients.push(socket);
    return socket;
  }

  const events: ChatApi['events'] = (functionName) =>
    small.logs
      .filter(([source, line]) => source === functionName && line.includes('event {'))
      .map(([, line]) => JSON.parse(line.slice(line.indexOf('event {') + 6)));

  return {
    ...small,
    api,
    origin,
    async route(routeKey, source, changes = {}) {
      const { lambda, answers, timeoutInMilliseconds = 29_000, apiKeyRequired = false, ...rest } = changes;
      const name = routeKey.replace('$', '');
      const functionArn = await small.addFunction(name, source, lambda);
      api.addIntegration({ id: `integration-${name}`, functionArn, timeoutInMilliseconds });
      const id = `route-${name}`;
      const integrationId = `integration-${name}`;
      const reply = answers ? { routeResponseSelectionExpression: '$default' } : {};
      api.addRoute({ id, routeKey, integrationId, apiKeyRequired, ...reply, ...rest });
      if (answers) api.addRouteResponse(id);
      return id;
    },
    async authorizer(source, identitySources = [], changes = {}) {
      const functionArn = await small.addFunction('authorizer', source, changes);
      api.addAuthorizer({ id: 'auth01', functionArn, identitySources });
      return 'auth01';
    },
    dial: (options = {}) =>
      new Promise((resolve, reject) => {
        const socket = connect(options);
        const messages: string[] = [];
        let response: IncomingMessage | undefined;
        const closed = new Promise<{ code: number; reason: string }>((done) =>
          socket.on('close', (code, reason) => done({ code, reason: reason.toString() })),
        );
        socket.on('upgrade', (answer) => {
          response = answer;
        });
        socket.on('message', (data) => messages.push(data.toString()));
        socket.on('open', () => resolve({ socket, messages, closed, response: response as IncomingMessage }));
        socket.on('error', reject);
      }),
    dialRaw: () =>
      new Promise((resolve) => {
        const { port } = new URL(origin);
        let received: Buffer = Buffer.alloc(0);
        const socket = connectSocket(Number(port), '127.0.0.1', () => {
          socket.write(
            `GET /dev HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
              'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
          );
          resolve({ socket, received: () => received });
        });
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => {
          received = Buffer.concat([received, chunk]);
        });
        raws.push(socket);
      }),
    refusal: (options = {}) =>
      new Promise((resolve, reject) => {
        const socket = connect(options);
        socket.on('open', () => reject(new Error('The handshake was accepted.')));
        socket.on('error', reject);
        socket.on('unexpected-response', (_, response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        });
      }),
    events,
    connectionId: (index = 0) =>
      (events('connect')[index] as unknown as GatewayEvent).requestContext.connectionId,
    manage(method, connectionId, body, path = `/dev/@connections/${encodeURIComponent(connectionId)}`) {
      return fetch(`${origin}${path}`, { method, ...(body !== undefined && { body }) });
    },
    hangUp() {
      for (const client of clients) client.terminate();
    },
    async stop() {
      for (const client of clients) client.terminate();
      for (const raw of raws) raw.destroy();
      await small.stop();
    },
  };
}
