import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Pusher from 'pusher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;
let listener: RawClient;
let socketId: string;
const directory = mkdtempSync(join(tmpdir(), 'pregonero-keys-'));
const file = join(directory, 'cdk-outputs.json');

beforeAll(async () => {
  execution = await startExecution();
  writeFileSync(file, JSON.stringify(execution.local.outputs));
  listener = await dial(execution.socketUrl);
  socketId = await listener.socketId();
});
afterAll(async () => {
  listener?.close();
  await execution?.stop();
  rmSync(directory, { recursive: true });
});

interface Ran {
  readonly code: number | null;
  readonly printed: string;
  readonly complained: string;
}

function keys(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/keys.ts', '--outputs', file, ...args]);
    let [printed, complained] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complained += chunk.toString();
    });
    child.on('close', (code) => resolve({ code, printed, complained }));
  });
}

async function jsonOf(running: Promise<Ran>): Promise<Record<string, unknown>> {
  const { code, printed, complained } = await running;
  expect({ code, complained }).toEqual({ code: 0, complained: '' });
  return JSON.parse(printed);
}

/** An API with that secret, on Pusher's own SDK. */
function api(secret: string) {
  const sdk = new Pusher({
    appId: execution.outputs.AppId as string,
    key: execution.outputs.AppKey as string,
    secret,
    host: execution.host,
    port: String(execution.port),
    useTLS: false,
  });
  return {
    /** The status with which the event was answered. */
    publish: (event: string) =>
      sdk.trigger('private-news', event, {}).then(
        ({ status }) => status,
        ({ status }: { status: number }) => status,
      ),
    /** How the subscription was answered that it signed. */
    async subscribe(channel: string) {
      const answered = listener.frames.length;
      const { auth } = sdk.authorizeChannel(socketId, channel);
      listener.send({ event: 'pusher:subscribe', data: { channel, auth } });
      const answer = () => listener.frames.slice(answered).find((frame) => frame.channel === channel)?.event;
      await expect.poll(answer, { timeout: 10_000 }).toBeDefined();
      return answer();
    },
  };
}

const accepted = 'pusher_internal:subscription_succeeded';
const refused = 'pusher:subscription_error';

describe('npm run keys', () => {
  it('replaces the secret without an interruption', async () => {
    const before = await jsonOf(keys('--show', '--json'));
    const old = api(before.secret as string);
    expect(before.secret).toBe(execution.outputs.AppSecret);
    expect(await old.subscribe('private-news')).toBe(accepted);
    expect(await old.publish('before')).toBe(200);

    const after = await jsonOf(keys('--rotate', '--json'));

    expect(after).toEqual({
      ...before,
      action: 'rotate',
      secret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
      rotating: true,
    });
    expect(after.secret).not.toBe(before.secret);
    // At once, by functions that have read the secret a moment ago.
    const rotated = api(after.secret as string);
    expect(await rotated.publish('by-the-new')).toBe(200);
    expect(await old.publish('by-the-old')).toBe(200);
    expect(await rotated.subscribe('private-new')).toBe(accepted);
    expect(await old.subscribe('private-old')).toBe(accepted);
    for (const event of ['before', 'by-the-new', 'by-the-old']) await listener.received(event);

    const outputs = JSON.parse(readFileSync(file, 'utf8'));
    expect(outputs).toEqual({
      ...execution.local.outputs,
      Local: { ...execution.local.outputs.Local, AppSecret: after.secret },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const again = await keys('--rotate');
    expect(again.code).toBe(1);
    expect(again.complained).toContain('A rotation is under way');
    const early = await keys('--retire');
    expect(early.code).toBe(1);
    expect(early.complained).toContain('less than five minutes ago');
    for (const secret of [before.secret, after.secret, before.encryptionMasterKey]) {
      expect(`${again.printed}${again.complained}${early.printed}${early.complained}`).not.toContain(secret);
    }

    expect(await jsonOf(keys('--retire', '--force', '--json'))).toEqual({ action: 'retire', retired: true });

    // What nobody signed makes the functions look again before their five minutes are over.
    const guess = api('guessed');
    const poll = { timeout: 25_000, interval: 250 };
    await expect.poll(async () => (await guess.publish('x')) + (await old.publish('x')), poll).toBe(802);
    const asked = async () => [await guess.subscribe('private-a'), await old.subscribe('private-b')];
    await expect.poll(asked, poll).toEqual([refused, refused]);
    expect(await rotated.publish('at-last')).toBe(200);
    expect(await rotated.subscribe('private-c')).toBe(accepted);
    await listener.received('at-last');
    expect(await jsonOf(keys('--show', '--json'))).toEqual({ ...after, action: 'show', rotating: false });
  }, 120_000);

  it('rotates once when it is asked to twice at the same moment', async () => {
    const before = JSON.parse((await keys('--show', '--json')).printed);

    const runs = await Promise.all([keys('--rotate', '--json'), keys('--rotate', '--json')]);

    expect(runs.map(({ code }) => code).sort()).toEqual([0, 1]);
    const { secret } = JSON.parse(runs.find(({ code }) => code === 0)?.printed ?? '{}');
    expect(secret).not.toBe(before.secret);
    expect(await jsonOf(keys('--show', '--json'))).toMatchObject({ secret, rotating: true });
    expect(runs.find(({ code }) => code === 1)?.printed).toBe('');
  }, 60_000);

  it('says what to do next, and retires once', async () => {
    const rotation = await keys('--rotate', '--force');
    expect(rotation.printed).toMatch(/^REVERB_APP_SECRET=[A-Za-z0-9]{40}$/m);
    expect(rotation.printed).toContain(`npm run keys -- --outputs ${file} --retire`);

    expect((await keys('--retire', '--force')).printed).toContain('The secret before is retired');
    expect((await keys('--retire')).printed).toContain('nothing to retire');
  }, 60_000);

  it('says in plain words that nothing answers', async () => {
    const stopped = join(directory, 'stopped.json');
    const { Local, ...stacks } = execution.local.outputs;
    writeFileSync(
      stopped,
      JSON.stringify({ ...stacks, Local: { ...Local, DynamoDbEndpoint: 'http://localhost:1' } }),
    );

    const { code, printed, complained } = await keys('--outputs', stopped, '--show');

    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(complained).toContain('the local endpoint did not answer');
    expect(complained).toContain('Start it with "npm start".');
  });
});
