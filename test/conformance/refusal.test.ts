import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ChangedAssembly, changedAssembly } from '../setup/changed-assembly.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let assembly: ChangedAssembly;
let execution: TestExecution;

/** The deployment's own assembly, with an origin to come from, room for two, and twenty messages in ten seconds. */
beforeAll(async () => {
  assembly = changedAssembly((template) =>
    template
      .replaceAll('"ALLOWED_ORIGINS": "[\\"*\\"]"', '"ALLOWED_ORIGINS": "[\\"*.example.com\\"]"')
      .replaceAll('\\"maxConnections\\":null', '\\"maxConnections\\":2')
      .replaceAll('\\"maxClientMessagesPerSecond\\":20', '\\"maxClientMessagesPerSecond\\":2'),
  );
  execution = await startExecution({ assemblyDirectory: assembly.directory });
});
afterAll(async () => {
  await execution?.stop();
  assembly?.remove();
});

/** Whoever has left stands in the count until $disconnect has been worked off. */
beforeEach(() => vi.waitFor(async () => expect(await countOpen()).toBe(0)));

const connect = (origin?: string): Promise<RawClient> =>
  dial(execution.socketUrl, [], origin === undefined ? {} : { origin });

/** The code of a connection's first and only frame; the connection is closed by then. */
async function refusalOf(client: RawClient): Promise<number> {
  expect(await client.closing()).toMatchObject({ code: 1000 });
  expect(client.frames).toHaveLength(1);
  expect(client.frames[0]?.event).toBe('pusher:error');
  return JSON.parse(client.frames[0]?.data as string).code;
}

async function countOpen(): Promise<number> {
  const shards = await execution.connectionRows('quota#connections');
  return shards.reduce((sum, { count }) => sum + Number(count), 0);
}

describe('a connection that may not stay', () => {
  it.each([
    ['another origin', 'https://example.org'],
    ['an origin that only ends alike', 'https://evilexample.com'],
    ['no origin', undefined],
  ])('is told 4009 when it comes from %s', async (_, origin) => {
    expect(await refusalOf(await connect(origin))).toBe(4009);
  });

  it('is told 4004 when the house is full, and is let in once somebody has left', async () => {
    const inside = [
      await connect('https://panel.example.com'),
      await connect('https://panel.example.com:8443'),
    ];
    for (const client of inside) await client.socketId();

    expect(await refusalOf(await connect('https://panel.example.com'))).toBe(4004);

    inside.pop()?.close();
    await expect.poll(countOpen).toBe(1);
    inside.push(await connect('https://panel.example.com'));
    await inside.at(-1)?.received('pusher:connection_established');
    for (const client of inside) client.close();
  });
});

describe('a client that sends without end', () => {
  it('is told so beyond its measure, and its connection stays', async () => {
    const client = await connect('https://panel.example.com');
    await client.socketId();
    const answers = (pattern: RegExp): number => client.texts.filter((text) => pattern.test(text)).length;
    let sent = 0;

    // One after the other, so that one environment hears them all.
    while (answers(/Rate limit exceeded/) === 0 && sent < 50) {
      client.send({ event: 'pusher:ping', data: {} });
      sent += 1;
      await expect.poll(() => answers(/pong|4301/), { interval: 1 }).toBe(sent);
    }

    expect(sent).toBeGreaterThan(20);
    expect(client.texts.at(-1)).toBe(
      '{"event":"pusher:error","data":"{\\"code\\":4301,\\"message\\":\\"Rate limit exceeded\\"}"}',
    );
    expect(client.closed).toBeUndefined();
    client.close();
  });
});
