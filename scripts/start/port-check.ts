import { createServer } from 'node:net';

/** Rejects with a sentence when something listens on the port already: before the seconds that synthesizing takes. */
export function checkPortIsFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(portProblem(port, error)));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
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
