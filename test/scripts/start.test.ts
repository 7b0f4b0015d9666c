import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loopbacks } from '../setup/loopbacks.ts';
import { PATIENCE_IN_MILLISECONDS } from '../setup/patience.ts';
import { linkedClone } from './linked-clone.ts';

const clone = linkedClone();
const outputsFile = join(clone, '.local', 'outputs.json');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) signalGroup(child, 'SIGKILL');
});
afterAll(() => rmSync(clone, { recursive: true }));

/** To npm and all it started, as a terminal does on Ctrl+C. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  process.kill(-(child.pid as number), signal);
}

interface Started {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  printed(): string;
  readonly exit: Promise<number | null>;
}

function start(...args: readonly string[]): Started {
  const child = spawn('npm', ['start', '--silent', '--', ...args], { cwd: clone, detached: true });
  started.push(child);
  let printed = '';
  const collect = (chunk: Buffer): void => {
    printed += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, printed: () => printed, exit: once(child, 'close').then(([code]) => code) };
}

/** A start synthesizes the stacks first, which takes a process of its own and several seconds. */
const ready = (printed: () => string): Promise<void> =>
  expect.poll(printed, { timeout: 3 * PATIENCE_IN_MILLISECONDS }).toMatch(/^ready http:.*\n/m);

/** Ids of all processes below one. Source: proc(5), `/proc/[pid]/stat`, field 4. */
function descendants(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid);
    } catch {
      return false;
    }
  });
  return children.flatMap((child) => [Number(child), ...descendants(Number(child))]);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('npm start', () => {
  // Linux only, like the embedded engine: it looks at /proc.
  it.skipIf(process.platform !== 'linux')(
    'runs the deployment, writes its outputs, says ready last, and leaves nothing behind on SIGTERM',
    async () => {
      const { child, printed, exit } = start('--port', '0', '--outputs', outputsFile, '--quiet');
      await ready(printed);

      const url = /^ready (http:\/\/localhost:\d+)\s*$/m.exec(printed())?.[1];
      expect(printed().trimEnd().split('\n').at(-1)).toBe(`ready ${url}`);
      expect(await (await fetch(`${url}/up`)).json()).toEqual({ health: 'OK' });
      expect(await (await fetch(`${url}/`)).text()).toContain('<html lang="es">');

      const outputs = JSON.parse(readFileSync(outputsFile, 'utf8'));
      expect(statSync(outputsFile).mode & 0o777).toBe(0o600);
      expect(outputs).toMatchObject({
        'pregonero-local-data': {
          AppSecretArn: expect.stringMatching(/^arn:aws:secretsmanager:/),
          NotificationsTable: expect.any(String),
          ConnectionsTable: expect.any(String),
        },
        'pregonero-local-realtime': {
          WebSocketUrl: expect.stringMatching(/^ws:\/\//),
          AppId: expect.any(String),
          AppKey: expect.any(String),
        },
        'pregonero-local-edge': { Url: url },
        Local: {
          DynamoDbEndpoint: expect.stringMatching(/^http:\/\//),
          AccessKeyId: expect.any(String),
          SecretAccessKey: expect.any(String),
          Region: expect.any(String),
          AppSecret: expect.any(String),
          JwtPrivateKey: expect.stringContaining('BEGIN PRIVATE KEY'),
          JwtAlgorithm: 'ES256',
          JwtIssuer: expect.any(String),
          JwtAudience: expect.any(String),
          JwtTenantClaim: 'commerce_id',
          JwtUserClaim: 'sub',
        },
      });
      expect(printed()).not.toContain(outputs.Local.AppSecret);

      const processes = descendants(child.pid as number);
      child.kill('SIGTERM');
      expect(await exit).toBe(0);
      await expect.poll(() => processes.filter(isAlive).map(commandOf)).toEqual([]);
    },
    6 * PATIENCE_IN_MILLISECONDS,
  );

  it.skipIf(process.platform !== 'linux')('stops cleanly on Ctrl+C, while it is still starting', async () => {
    const { child, printed, exit } = start('--port', '0', '--outputs', outputsFile);
    const synthesizing = (): boolean =>
      descendants(child.pid as number).some((pid) => commandOf(pid).includes('cdk synth'));
    await expect.poll(synthesizing).toBe(true);
    const processes = descendants(child.pid as number);

    signalGroup(child, 'SIGINT');

    expect(await exit).toBe(0);
    expect(printed()).not.toContain('ready');
    await expect.poll(() => processes.filter(isAlive).map(commandOf)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'ends in plain words when its DynamoDB engine dies',
    async () => {
      const { child, printed, exit } = start('--port', '0', '--outputs', outputsFile, '--quiet');
      await ready(printed);
      const processes = descendants(child.pid as number);

      process.kill(processes.find((pid) => commandOf(pid).includes('dynoxide serve')) as number, 'SIGKILL');

      expect(await exit).toBe(1);
      expect(printed()).toContain('Pregonero has stopped. The DynamoDB engine was ended by SIGKILL');
      await expect.poll(() => processes.filter(isAlive).map(commandOf)).toEqual([]);
    },
    6 * PATIENCE_IN_MILLISECONDS,
  );

  it.each(loopbacks)(
    'says that a port of %s is taken, and by which option to take another',
    async (address) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, address, resolve));
      const { port } = other.address() as { port: number };

      const { printed, exit } = start('--port', String(port));

      expect(await exit).toBe(1);
      expect(printed()).toContain(`Port ${port} is taken.`);
      expect(printed()).toContain('--port');
      other.close();
    },
  );

  it('says in plain words why the app cannot be synthesized', async () => {
    const file = join(clone, 'cdk.json');
    const { context, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
    const { local: _, ...stages } = context.stages;
    rmSync(file);
    writeFileSync(file, JSON.stringify({ ...rest, context: { ...context, stages } }));

    const { printed, exit } = start('--port', '0');

    expect(await exit).toBe(1);
    expect(printed()).toContain(
      'Pregonero could not start. The stacks could not be synthesized (cdk synth).',
    );
    expect(printed()).toContain('stage is "local"; allowed: a stage of cdk.json (prod)');
    rmSync(file);
    symlinkSync(resolve('cdk.json'), file);
  });

  it.each([
    [['--port', 'http'], '--port is "http"; it must be a whole number from 0 to 65535.'],
    [['--prot', '80'], "Unknown option '--prot'"],
  ])('refuses %j', async (args, sentence) => {
    const { printed, exit } = start(...args);

    expect(await exit).toBe(1);
    expect(printed()).toContain(sentence);
    expect(printed()).not.toMatch(/^ +at /m);
  });
});
