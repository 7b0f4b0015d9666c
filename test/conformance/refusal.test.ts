import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChangedAssembly, changedAssembly } from '../setup/changed-assembly.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let assembly: ChangedAssembly;
let execution: TestExecution;

/** The deployment's own assembly, with an origin to come from and room for two. */
beforeAll(async () => {
  assembly = changedAssembly((template) =>
    template
      .replaceAll('"ALLOWED_ORIGINS": "[\\"*\\"]"', '"ALLOWED_ORIGINS": "[\\"*.example.com\\"]"')
      .replaceAll('\\"maxConnections\\":null', '\\"maxConnections\\":2'),
  );
  execution = await startExecution({ assemblyDirectory: assembly.directory });
});
afterAll(async () => {
  await execution?.stop();
  assembly?.remove();
});

const connect = (origin?: string): Promise<RawClient> =>
  dial(
    `${execution.local.url.replace('http', 'ws')}/app/${execution.outputs.AppKey}?protocol=7`,
    [],
    origin === undefined ? {} : { origin },
  );

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
