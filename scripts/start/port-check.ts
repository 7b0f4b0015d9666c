import { createServer } from 'node:net';

/** Rejects with a sentence when something listens on the port already: before the seconds that synthesizing takes. */
export async function checkPortIsFree(port: number): Promise<void> {
  await probe(port, '127.0.0.1');
  await probe(port, '::1');
}

function probe(port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // There is no IPv6 here.
      if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve();
      else reject(new Error(portProblem(port, error)));
    });
    server.listen(port, address, () => server.close(() => resolve()));
  });
}

function portProblem(port: number, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') {
    return `Port ${port} is taken. Stop what listens there, or choose another one: npm start -- --port ${port + 1}`;
  }
  if (error.code === 'EACCES')
    return `Port ${port} may not be used by this user. Choose one above 1023 with --port.`;
  return `Port ${port} cannot be used: ${error.message}`;
}
