import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';

/** A request that has come, and how many had come before it: on all sockets, and on its own. */
export interface RawRequest {
  readonly text: string;
  readonly socket: Socket;
  readonly index: number;
  readonly indexOnSocket: number;
}

/** A stage of which a test says what happens on its sockets, byte by byte. */
export interface RawStage {
  readonly endpoint: string;
  readonly requests: readonly RawRequest[];
  /** All that clients have opened, in order. */
  readonly sockets: readonly Socket[];
  stop(): Promise<void>;
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** `serve` is called when a request is there as a whole. With a certificate it speaks TLS. */
export async function startRawStage(
  serve: (request: RawRequest) => void,
  certificate?: { readonly key: string; readonly cert: string },
): Promise<RawStage> {
  const requests: RawRequest[] = [];
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    sockets.push(socket);
    let received = '';
    let indexOnSocket = 0;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      const bodyAt = received.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
      if (bodyAt < 4 || received.length < bodyAt + length) return;
      const text = Buffer.from(received, 'latin1').toString('utf8');
      const request = { text, socket, index: requests.length, indexOnSocket };
      received = '';
      indexOnSocket += 1;
      requests.push(request);
      serve(request);
    });
  };
  const server =
    certificate === undefined ? createServer(accept) : createSecureServer({ ...certificate }, accept);
  server.on('error', () => {});
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${certificate === undefined ? 'http' : 'https'}://localhost:${port}/production`,
    requests,
    sockets,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
