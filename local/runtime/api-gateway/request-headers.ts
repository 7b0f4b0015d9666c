import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Name as it was sent, value. */
export type HeaderPair = readonly [name: string, value: string];

/**
 * The headers of a request as API Gateway sees and completes them: every one as often as it was sent, the host of AWS
 * instead of the local one, and the address of the caller appended to `X-Forwarded-For`.
 */
export function gatewayHeaders(request: IncomingMessage, domainName: string): HeaderPair[] {
  const pairs: HeaderPair[] = [['Host', domainName]];
  const forwarded: string[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const value = request.rawHeaders[index + 1] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'x-forwarded-for') forwarded.push(value);
    else if (!replaced.has(lower)) pairs.push([name, value]);
  }
  forwarded.push(sourceIp(request));
  const trace = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  pairs.push(
    ['X-Amzn-Trace-Id', request.headers['x-amzn-trace-id']?.toString() ?? trace],
    ['X-Forwarded-For', forwarded.join(', ')],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  );
  return pairs;
}

const replaced = new Set(['host', 'x-amzn-trace-id', 'x-forwarded-port', 'x-forwarded-proto']);

/** The peer of the TCP connection. */
export function sourceIp(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}
