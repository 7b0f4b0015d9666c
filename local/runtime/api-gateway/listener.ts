import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { World } from '../world.ts';

export interface Listener {
  readonly server: Server;
  /** Whether the `Host` of a request is this API's: of AWS, or where it answers here. */
  owns(host: string | undefined): boolean;
}

/**
 * A server of its own for the host name of an API, on a free port of 127.0.0.1, in the address book.
 * `endpoints` are ended before the server is closed.
 */
export async function listenFor(
  domainName: string,
  world: World,
  endConnections: () => void = () => undefined,
): Promise<Listener> {
  const server = createServer({ maxHeaderSize: 32_768, keepAliveTimeout: 65_000 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const hosts = new Set([domainName, `127.0.0.1:${port}`, `localhost:${port}`]);
  world.addresses.register(domainName, `http://127.0.0.1:${port}`);
  world.onStop(
    () =>
      new Promise((resolve) => {
        endConnections();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { server, owns: (host) => hosts.has(host?.toLowerCase() ?? '') };
}
