import { Agent, type IncomingMessage, type ServerResponse, STATUS_CODES, request as send } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EdgeAnswer } from './function-result.ts';
import type { Origin, OriginRequest } from './origin-request.ts';

/** Headers of the hop between CloudFront and the origin. */
const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Forwards to the origins over kept-alive sockets, as CloudFront does. */
export interface Forwarder {
  forward(from: IncomingMessage, to: ServerResponse, origin: Origin, request: OriginRequest): void;
  /** Hands a handshake on, and whatever the origin answers back; then bytes in both directions. */
  forwardUpgrade(viewer: Duplex, origin: Origin, request: OriginRequest, head: Buffer): void;
  end(): void;
}

/** @param idleTimeout milliseconds without a byte from the origin after which a WebSocket is cut */
export function createForwarder(idleTimeout: number): Forwarder {
  // Idle sockets end before the origin ends them: a request on a socket that is just being closed would fail.
  const agent = new Agent({ keepAlive: true, timeout: 30_000 });
  const sockets = new Set<Duplex>();

  function keep(socket: Duplex): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  function open(origin: Origin, { method, path, headers }: OriginRequest, more: [string, string][] = []) {
    const { hostname, port } = new URL(origin.address);
    return send({
      hostname,
      port,
      method,
      path,
      headers: [...headers, ...more].flat() as unknown as Record<string, string>,
      setHost: false,
      timeout: origin.readTimeoutInSeconds * 1000,
      ...(more.length === 0 && { agent }),
    });
  }

  return {
    forward(from, to, origin, request) {
      const outgoing = open(origin, request);
      outgoing.on('response', (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer));
        answer.pipe(to);
        answer.on('error', () => to.destroy());
      });
      outgoing.on('timeout', () => outgoing.destroy(new OriginTimeout()));
      outgoing.on('error', (failure) => {
        if (to.headersSent) to.destroy();
        else answerViewer(to, originFailure(failure));
      });
      to.on('close', () => {
        if (!to.writableFinished) outgoing.destroy();
      });
      from.pipe(outgoing);
    },
    forwardUpgrade(viewer, origin, request, head) {
      keep(viewer);
      const outgoing = open(origin, request, [
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
      ]);
      outgoing.on('upgrade', (answer, socket: Duplex, originHead: Buffer) => {
        outgoing.removeAllListeners('timeout');
        keep(socket);
        viewer.write(headOf(answer.statusCode ?? 101, answer.statusMessage, pairsOf(answer.rawHeaders)));
        if (originHead.length > 0) socket.unshift(originHead);
        if (head.length > 0) viewer.unshift(head);
        join(viewer, socket, idleTimeout);
      });
      outgoing.on('response', (answer) => {
        const headers = pairsOf(endToEnd(answer));
        viewer.write(
          headOf(answer.statusCode ?? 502, answer.statusMessage, [...headers, ['Connection', 'close']]),
        );
        answer.pipe(viewer);
      });
      outgoing.on('timeout', () => outgoing.destroy(new OriginTimeout()));
      outgoing.on('error', (failure) => answerUpgrade(viewer, originFailure(failure)));
      viewer.on('close', () => outgoing.destroy());
      outgoing.end();
    },
    end() {
      agent.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** An answer of CloudFront's own to an ordinary request. */
export function answerViewer(response: ServerResponse, answer: EdgeAnswer): void {
  response.writeHead(answer.status, answer.statusText ?? STATUS_CODES[answer.status] ?? '', [
    ...answer.headers.flat(),
    'content-length',
    String(answer.body.length),
  ]);
  response.end(answer.body);
}

/** The same to a handshake. */
export function answerUpgrade(viewer: Duplex, answer: EdgeAnswer): void {
  const headers: [string, string][] = [
    ...answer.headers.map(([name, value]): [string, string] => [name, value]),
    ['content-length', String(answer.body.length)],
    ['Connection', 'close'],
  ];
  viewer.write(headOf(answer.status, answer.statusText, headers));
  viewer.end(answer.body);
}

/** CloudFront's own error pages are HTML; what counts is the status. */
export function errorAnswer(status: number, reason: string): EdgeAnswer {
  return {
    status,
    headers: [
      ['content-type', 'text/plain'],
      ['x-cache', 'Error from cloudfront'],
    ],
    body: Buffer.from(`${reason}\n`),
  };
}

class OriginTimeout extends Error {}

function originFailure(failure: Error): EdgeAnswer {
  return failure instanceof OriginTimeout
    ? errorAnswer(504, 'CloudFront waited too long for the origin.')
    : errorAnswer(502, "CloudFront wasn't able to connect to the origin.");
}

function endToEnd({ rawHeaders, statusCode = 0 }: IncomingMessage): string[] {
  const kept = pairsOf(rawHeaders).filter(([name]) => !hopHeaders.has(name.toLowerCase()));
  kept.push(['X-Cache', statusCode >= 400 ? 'Error from cloudfront' : 'Miss from cloudfront']);
  kept.push(['Via', '1.1 local.cloudfront.net (CloudFront)']);
  return kept.flat();
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}

function headOf(status: number, text: string | undefined, headers: readonly [string, string][]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${text ?? STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
}

/** Source of the time limit: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
function join(viewer: Duplex, origin: Duplex, idleTimeout: number): void {
  const idle = setTimeout(() => {
    viewer.destroy();
    origin.destroy();
  }, idleTimeout).unref();
  origin.on('data', () => idle.refresh());
  origin.pipe(viewer);
  viewer.pipe(origin);
  follow(viewer, origin);
  follow(origin, viewer);

  /** When one side is gone, what it has sent still reaches the other. */
  function follow(first: Duplex, second: Duplex): void {
    first.once('close', () => {
      clearTimeout(idle);
      if (first.readableEnded) second.end();
      else second.destroy();
    });
  }
}
