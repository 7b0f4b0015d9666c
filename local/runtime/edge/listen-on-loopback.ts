import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longest head of a request that Node.js is to read: what is too long for CloudFront has to be answered as it does. */
const MAX_HEADER_BYTES = 65_536;

export interface LoopbackListener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on both addresses that `localhost` may mean, on the same port; on 127.0.0.1 alone where there is no IPv6.
 * @throws Error that says what to do when the port is taken
 */
export async function listenOnLoopback(
  port: number,
  attach: (server: Server) => void,
): Promise<LoopbackListener> {
  const start = async (address: string, wanted: number): Promise<Server> => {
    const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
    attach(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(wanted, address, resolve);
    });
    return server;
  };
  const first = await start('127.0.0.1', port).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EADDRINUSE') throw failure;
    throw new Error(`Port ${port} is taken by another program: stop it, or choose another port.`, {
      cause: failure,
    });
  });
  const bound = (first.address() as AddressInfo).port;
  const second = await start('::1', bound).catch(() => undefined);
  return {
    port: bound,
    close: async () => {
      await Promise.all([first, second].map((server) => server && closeServer(server)));
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
