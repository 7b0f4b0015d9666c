import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { ExecutionOptions } from '../../../local/execution-options.ts';
import { cloudFrontDistribution } from '../../../local/resources/cloudfront-distribution.ts';
import { cloudFrontFunction } from '../../../local/resources/cloudfront-function.ts';
import type { LocalLimits } from '../../../local/runtime/local-limits.ts';
import { type SmallWorld, smallWorld } from '../setup/small-world.ts';

export const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
export const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** A distribution in front of an HTTP API whose function answers with its event, and of a WebSocket API. */
export interface ShopEdge extends SmallWorld {
  readonly origin: string;
  /** The event that the HTTP API's function got. */
  event(path: string, init?: RequestInit): Promise<HttpEvent>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Resolves once the handshake is answered. */
  dial(path: string, protocols?: string[], headers?: Record<string, string>): Promise<WebSocket>;
  refusal(path: string): Promise<{ status: number; body: string }>;
  /** Sends bytes as they are and gives what comes back until the other side closes. */
  raw(request: string): Promise<string>;
}

export interface HttpEvent {
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Record<string, string>;
  readonly cookies?: string[];
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly http: { readonly method: string } };
}

export interface ShopOptions {
  /** Whether `$connect` asks for an API key. */
  readonly keyRequired?: boolean;
  /** Code of the viewer-request function of the WebSocket behaviour; and of `/edited/*` of the HTTP API. */
  readonly code?: string;
  readonly behavior?: Record<string, unknown>;
  readonly config?: Record<string, unknown>;
  readonly origin?: Record<string, unknown>;
  readonly limits?: Partial<LocalLimits>;
  readonly site?: ExecutionOptions['site'];
  /** Source of the function behind the HTTP API. */
  readonly http?: string;
  /** Source of the function behind `$connect`. */
  readonly connect?: string;
}

export const passThrough = 'function handler(event) { return event.request; }';

export async function shopEdge(options: ShopOptions = {}): Promise<ShopEdge> {
  const small = smallWorld({ establishDelay: 0, ...options.limits });
  try {
    return await openShop(small, options);
  } catch (failure) {
    await small.stop();
    throw failure;
  }
}

async function openShop(small: SmallWorld, options: ShopOptions): Promise<ShopEdge> {
  Object.assign(small.world.edge, { site: options.site });
  const { world } = small;
  const rest = await world.apis.createHttp({
    id: 'http123456',
    name: 'rest',
    disableExecuteApiEndpoint: false,
  });
  rest.addStage({ name: '$default', variables: {}, defaultThrottle: {}, routeThrottles: {} });
  const echo = await small.addFunction(
    'echo',
    options.http ?? 'export const handler = async (event) => event;',
  );
  rest.addIntegration({ id: 'echo', functionArn: echo, timeoutInMilliseconds: 30_000 });
  rest.addRoute({ id: 'all', routeKey: '$default', integrationId: 'echo' });
  const chat = await world.apis.createWebSocket({
    id: 'chat123456',
    name: 'chat',
    routeSelectionExpression: '$request.body.action',
    apiKeySelectionExpression: '$request.header.x-api-key',
    disableExecuteApiEndpoint: false,
  });
  chat.addStage({ name: 'dev', variables: {}, defaultThrottle: {}, routeThrottles: {} });
  const onConnect = await small.addFunction(
    'connect',
    options.connect ??
      `export const handler = async (event) => { console.log('event ' + JSON.stringify(event));
         return { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'chat' } }; };`,
  );
  const onMessage = await small.addFunction(
    'message',
    'export const handler = async ({ body }) => ({ statusCode: 200, body: "got " + body });',
  );
  chat.addIntegration({ id: 'connect', functionArn: onConnect, timeoutInMilliseconds: 29_000 });
  chat.addIntegration({ id: 'message', functionArn: onMessage, timeoutInMilliseconds: 29_000 });
  chat.addRoute({
    id: 'c',
    routeKey: '$connect',
    integrationId: 'connect',
    apiKeyRequired: options.keyRequired ?? false,
  });
  chat.addRoute({
    id: 'm',
    routeKey: '$default',
    integrationId: 'message',
    apiKeyRequired: false,
    routeResponseSelectionExpression: '$default',
  });
  chat.addRouteResponse('m');

  const create = async (
    type: typeof cloudFrontFunction,
    logicalId: string,
    properties: Record<string, unknown>,
  ) => type.create({ stack: 'edge', logicalId, type: type.type, properties }, world);
  const edgeFunction = await create(cloudFrontFunction, 'Request', {
    AutoPublish: true,
    Name: 'request',
    FunctionCode: options.code ?? passThrough,
    FunctionConfig: { Runtime: 'cloudfront-js-2.0', Comment: '' },
  });
  const common = {
    CachePolicyId: CACHING_DISABLED,
    OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST,
    ViewerProtocolPolicy: 'https-only',
  };
  const edited = {
    FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: edgeFunction.attributes.FunctionARN }],
  };
  const all = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
  const origin = (id: string, domainName: string) => ({
    Id: id,
    DomainName: domainName,
    CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
    ...options.origin,
  });
  await create(cloudFrontDistribution, 'Distribution', {
    DistributionConfig: {
      Enabled: true,
      Origins: [origin('rest', rest.domainName), { ...origin('chat', chat.domainName), OriginPath: '/dev' }],
      CacheBehaviors: [
        {
          ...common,
          ...edited,
          PathPattern: '/app/*',
          TargetOriginId: 'chat',
          AllowedMethods: ['GET', 'HEAD'],
        },
        { ...common, ...edited, PathPattern: '/edited/*', TargetOriginId: 'rest', AllowedMethods: all },
        { ...common, PathPattern: '/read/*', TargetOriginId: 'rest', ...options.behavior },
      ],
      DefaultCacheBehavior: { ...common, TargetOriginId: 'rest', AllowedMethods: all },
      ...options.config,
    },
  });
  const edge = world.edge.origin ?? '';
  const sockets: WebSocket[] = [];
  const open = (path: string, protocols: string[], headers: Record<string, string>): WebSocket => {
    const socket = new WebSocket(`${edge.replace('http', 'ws')}${path}`, protocols, { headers });
    sockets.push(socket);
    return socket;
  };

  return {
    ...small,
    origin: edge,
    fetch: (path, init) => fetch(`${edge}${path}`, init),
    async event(path, init) {
      return (await (await fetch(`${edge}${path}`, init)).json()) as HttpEvent;
    },
    dial: (path, protocols = ['chat'], headers = {}) =>
      new Promise((resolve, reject) => {
        const socket = open(path, protocols, headers);
        socket.on('open', () => resolve(socket));
        socket.on('error', reject);
      }),
    refusal: (path) =>
      new Promise((resolve, reject) => {
        const socket = open(path, [], {});
        socket.on('open', () => reject(new Error('The handshake was accepted.')));
        socket.on('error', reject);
        socket.on('unexpected-response', (_, response: IncomingMessage) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        });
      }),
    raw: (request) =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(new URL(edge).port), '127.0.0.1', () => socket.write(request));
        let received = '';
        socket.on('data', (chunk) => {
          received += chunk;
        });
        socket.on('close', () => resolve(received));
        socket.on('error', reject);
      }),
    async stop() {
      for (const socket of sockets) socket.terminate();
      await small.stop();
    },
  };
}
