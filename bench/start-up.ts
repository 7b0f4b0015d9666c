import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { Measurement } from './measurement.ts';

/** `npm start` on an installed checkout: from the command to its line `ready`. */
export async function* startUp(): AsyncGenerator<Measurement> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(
    'npm',
    ['start', '--', '--port', String(port), '--quiet', '--outputs', '.local/bench-outputs.json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    },
  );
  const seconds = await new Promise<number>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      if (/^ready /m.test(printed)) resolve((performance.now() - started) / 1000);
    });
    child.on('exit', (code) => reject(new Error(`npm start exited with ${code}:\n${printed}`)));
  });
  child.removeAllListeners('exit');
  const exited = new Promise((resolve) => child.once('exit', resolve));
  // The whole group, as Ctrl+C in a terminal does it.
  process.kill(-(child.pid as number), 'SIGINT');
  await exited;
  yield { bench: 'start-up', case: 'npm start to ready', value: seconds, unit: 's' };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(address)));
    });
  });
}
