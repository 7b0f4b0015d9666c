import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longest head of a request that Node.js is to read: what is too long for CloudFront has to be answered as it does. */
const MAX_HEADER_BYTES = 65_536;

/** Longer than any client waits with its next request: one on a socket that is just being closed would fail. */
const KEEP_ALIVE_MILLISECONDS = 600_000;

export interface LoopbackListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Attempts to find a port that is free on both addresses, when any will do. */
const ATTEMPTS = 10;

/**
 * Listens on both addresses that `localhost` may mean, on the same port; on 127.0.0.1 alone where there is no IPv6.
 * @throws Error that says what to do when the port is taken
 */
export async function listenOnLoopback(
  port: number,
  attach: (server: Server) => void,
): Promise<LoopbackListener> {
  const start = async (address: string, wanted: number): Promise<Server> => {
    const server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    });
    attach(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, address, resolve);
    });
    return server;
  };
  for (let attempt = 1; ; attempt += 1) {
    const servers: Server[] = [];
    try {
      const first = await start('127.0.0.1', port);
      servers.push(first);
      const bound = (first.address() as AddressInfo).port;
      const second = await start('::1', bound).catch(withoutIpv6);
      if (second) servers.push(second);
      return {
        port: bound,
        close: async () => {
          await Promise.all(servers.map(closeServer));
        },
      };
    } catch (failure) {
      await Promise.all(servers.map(closeServer));
      if ((failure as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw failure;
      if (port !== 0 || attempt === ATTEMPTS)
        throw new Error(`Port ${port} is taken by another program: stop it, or choose another port.`, {
          cause: failure,
        });
    }
  }
}

/** Browsers try both addresses of `localhost`: whoever listens on ::1 would be taken for the edge. */
function withoutIpv6(failure: NodeJS.ErrnoException): undefined {
  if (failure.code !== 'EADDRNOTAVAIL' && failure.code !== 'EAFNOSUPPORT') throw failure;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
