/**
 * Stands before the `@connections` API of a local execution, in a process of its own: takes posts to phantoms, listeners that are
 * rows without a socket, as API Gateway takes them, and hands on all others as they came. Posts of both kinds use up one account quota;
 * what is beyond it is answered 429. A hundred thousand sockets do not fit on a laptop, their rows do.
 *
 * Forked with {@link PhantomGatewaySettings} as JSON; says its port. Told an origin by a message, it hands on to that; any other message it answers
 * with {@link PhantomCounts}.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createTokenBucket } from '../local/runtime/api-gateway/token-bucket.ts';

export interface PhantomGatewaySettings {
  /** Posts a second that the account may make, and how many at once. */
  readonly rate: number;
  readonly burst: number;
  /** How long API Gateway takes for a post, in milliseconds. */
  readonly latency: number;
}

/** `http://127.0.0.1:{port}`: the WebSocket API of the local execution, known when that has started. */
export interface PhantomGatewayOrigin {
  readonly origin: string;
}

/** Since the start. */
export interface PhantomCounts {
  readonly taken: number;
  readonly handedOn: number;
  readonly throttled: number;
}

/** What the connection id of a phantom begins with; the others are made of random bytes. */
export const PHANTOM = 'phantom-';

if (process.send !== undefined) {
  const settings = JSON.parse(process.argv[2] ?? '') as PhantomGatewaySettings;
  let origin = new URL('http://127.0.0.1');
  const bucket = createTokenBucket(settings.rate, settings.burst);
  const counts = { taken: 0, handedOn: 0, throttled: 0 };

  const throttle = (response: ServerResponse): void => {
    counts.throttled += 1;
    response.writeHead(429, { 'x-amzn-errortype': 'LimitExceededException' });
    response.end('{"message":"Too Many Requests"}');
  };

  const handOn = (incoming: IncomingMessage, response: ServerResponse): void => {
    counts.handedOn += 1;
    const { method, url, headers } = incoming;
    const { hostname, port } = origin;
    const outgoing = request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
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
    if (incoming.url?.includes(`/${PHANTOM}`) !== true) return handOn(incoming, response);
    void take(incoming, response);
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', (message: Partial<PhantomGatewayOrigin>) => {
    if (message.origin === undefined) process.send?.(counts);
    else origin = new URL(message.origin);
  });
  process.on('disconnect', () => process.exit());
}
