/**
 * Stands before the `@connections` API of a local execution, in a process of its own: takes posts to phantoms, listeners that are
 * rows without a socket, as API Gateway takes them, and hands on all others, in its own name. Posts of both kinds use up one account quota;
 * what is beyond it is answered 429. A hundred thousand sockets do not fit on a laptop, their rows do.
 *
 * Forked with {@link PhantomGatewaySettings} as JSON; says its port. Told a {@link PhantomGatewayStage} by a message, it hands on to that; any other message
 * it answers with {@link PhantomCounts}.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { SigningCredentials } from '../lambdas/adapters/api-gateway/post-signer.ts';
import { SignedPostGateway } from '../lambdas/adapters/api-gateway/signed-post.ts';
import { systemClock as clock } from '../lambdas/adapters/system/system-clock.ts';
import { createTokenBucket } from '../local/runtime/api-gateway/token-bucket.ts';

export interface PhantomGatewaySettings {
  /** Posts a second that the account may make, and how many at once. */
  readonly rate: number;
  readonly burst: number;
  /** How long API Gateway takes for a post, in milliseconds. */
  readonly latency: number;
}

/** Where posts to real connections go, known when the local execution has started, and who may post there. */
export interface PhantomGatewayStage {
  /** The callback URL of the WebSocket stage. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: SigningCredentials;
}

/** Since the start. */
export interface PhantomCounts {
  readonly taken: number;
  readonly handedOn: number;
  readonly throttled: number;
}

/** What the connection id of a phantom begins with; the others are made of random bytes. */
export const PHANTOM = 'phantom-';

const STATUS = { delivered: 200, gone: 410, throttled: 429, unavailable: 503, 'too-large': 413 } as const;

if (process.send !== undefined) {
  const settings = JSON.parse(process.argv[2] ?? '') as PhantomGatewaySettings;
  let gateway: SignedPostGateway | undefined;
  const bucket = createTokenBucket(settings.rate, settings.burst);
  const counts = { taken: 0, handedOn: 0, throttled: 0 };

  const throttle = (response: ServerResponse): void => {
    counts.throttled += 1;
    response.writeHead(429, { 'x-amzn-errortype': 'LimitExceededException' });
    response.end('{"message":"Too Many Requests"}');
  };

  const handOn = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    counts.handedOn += 1;
    const connectionId = decodeURIComponent(incoming.url?.split('/').at(-1) ?? '');
    const outcome = await gateway?.post(connectionId, await text(incoming));
    response.writeHead(outcome === undefined ? 503 : STATUS[outcome], { 'content-length': 0 });
    response.end();
  };

  const take = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    counts.taken += 1;
    incoming.resume();
    if (settings.latency > 0) await wait(settings.latency);
    response.writeHead(200, { 'content-length': 0 });
    response.end();
  };

  const server = createServer((incoming, response) => {
    if (!bucket.take()) return throttle(response);
    if (incoming.url?.includes(`/${PHANTOM}`) !== true) void handOn(incoming, response);
    else void take(incoming, response);
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', (message: Partial<PhantomGatewayStage>) => {
    const { endpoint, region, credentials } = message;
    if (endpoint === undefined || region === undefined || credentials === undefined) {
      process.send?.(counts);
    } else {
      gateway = new SignedPostGateway({ endpoint, region, credentials: () => credentials, clock });
    }
  });
  process.on('disconnect', () => process.exit());
}
