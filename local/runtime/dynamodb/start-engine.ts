import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';

export interface RunningEngine {
  readonly origin: string;
  stop(): Promise<void>;
}

const installedEngine = '@dynoxide/linux-x64/dynoxide';

/**
 * Ends the engine with whoever started it, however that ended: it waits for the end of its standard input, which the
 * kernel closes with the parent, and only then kills. `exec` makes the engine the very process that was spawned.
 */
const tied = 'exec 3<&0; (cat <&3 >/dev/null; kill $$ 2>/dev/null) & exec "$0" "$@" 3<&- </dev/null';

/**
 * Starts the embedded engine, in memory, on a free port.
 * @param onDeath told when it ends without having been stopped: what it held is gone with it
 * @throws Error that says what to install when there is none for this platform, or what it said when it did not start
 */
export async function startEngine(
  onDeath: (failure: Error) => void,
  installed = installedEngine,
): Promise<RunningEngine> {
  const binary = findEngine(installed);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn(
      '/bin/sh',
      ['-c', tied, binary, 'serve', '--host', '127.0.0.1', '--port', String(port)],
      {
        stdio: ['pipe', 'ignore', 'pipe'],
      },
    );
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
    try {
      await ready(child);
      let isStopping = false;
      void exited.then(() => {
        if (!isStopping) onDeath(new Error(deathOf(child)));
      });
      return {
        origin: `http://127.0.0.1:${port}`,
        stop: async () => {
          isStopping = true;
          child.kill();
          child.stdin?.end();
          await exited;
        },
      };
    } catch (failure) {
      child.stdin?.end();
      // Somebody else may have taken the port between its being found and its being used.
      if (attempt === 3) throw failure;
    }
  }
}

function deathOf({ exitCode, signalCode }: ChildProcess): string {
  const how = signalCode ? `was ended by ${signalCode}` : `ended with code ${exitCode}`;
  return `The DynamoDB engine ${how}, and all rows with it. Start again.`;
}

function findEngine(installed: string): string {
  let path: string;
  try {
    path = createRequire(import.meta.url).resolve(installed);
  } catch (cause) {
    throw new Error(
      `There is no DynamoDB engine for ${process.platform}-${process.arch}: install the optional dependency ` +
        '@dynoxide/linux-x64 ("npm install --include=optional") on Linux x64, or start any DynamoDB-compatible ' +
        'endpoint with streams (DynamoDB Local, for example) and give its URL in DYNAMODB_ENDPOINT.',
      { cause },
    );
  }
  try {
    accessSync(path, constants.X_OK);
  } catch {
    // Some package managers unpack without the executable bit.
    chmodSync(path, 0o755);
  }
  return path;
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const deadline = setTimeout(() => {
      child.kill();
      reject(new Error(`The DynamoDB engine did not get ready within 30 s: ${said.trim()}`));
    }, 30_000);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
      if (!/listening on \S+:\d+/.test(said)) return;
      clearTimeout(deadline);
      resolve();
    });
    child.once('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.once('exit', (code) => {
      clearTimeout(deadline);
      reject(new Error(`The DynamoDB engine ended with code ${code}: ${said.trim()}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
