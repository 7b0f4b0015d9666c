import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** `npm start` in a process of its own, so that what it uses can be told from what the load uses. */
export interface LocalProcess {
  readonly id: number;
  readonly outputsFile: string;
  stop(): Promise<void>;
}

const outputsFile = '.local/load-outputs.json';

/** Rejects with what it printed when it does not start. */
export async function startLocalProcess(): Promise<LocalProcess> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'scripts/start.ts', '--port', '0', '--quiet', '--outputs', outputsFile],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  let printed = '';
  const ready = new Promise<void>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      printed += chunk.toString();
      if (/^ready /m.test(printed)) resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    exited.then(([code]) => reject(new Error(`npm start ended with ${code}:\n${printed.trim()}`)), reject);
  });
  await ready;
  return {
    id: child.pid as number,
    outputsFile,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
