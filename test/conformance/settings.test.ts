import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type PusherServer from 'pusher';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../scripts/start/synthesize.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let directory: string;
let execution: TestExecution;
let server: PusherServer;

/** A deployment of its own, with what is off by default switched on. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'pregonero-settings-'));
  const settings = join(directory, 'settings.json');
  writeFileSync(
    settings,
    JSON.stringify({
      clientEvents: 'all',
      subscriptionCountIntervalInSeconds: 1,
      limits: { maxMembersPerChannel: 2, maxConnectionsPerTenant: 2, maxApiRequestsPerSecond: 5 },
    }),
  );
  const assemblyDirectory = join(directory, 'cdk.out');
  await synthesize(settings, assemblyDirectory);
  execution = await startExecution({ assemblyDirectory });
  server = pusherServer(execution);
});
afterAll(async () => {
  await execution?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const connect = async (): Promise<RawClient> => {
  const client = await dial(execution.socketUrl);
  await client.socketId();
  return client;
};

async function joinSigned(client: RawClient, channel: string, member?: { id: number }): Promise<void> {
  const signed = server.authorizeChannel(
    await client.socketId(),
    channel,
    member === undefined ? undefined : { user_id: String(member.id) },
  );
  client.send({ event: 'pusher:subscribe', data: { channel, ...signed } });
}

describe('subscription counts, switched on', () => {
  it('tell everybody on a channel how many they are, when that changes', async () => {
    const [first, second] = [await connect(), await connect()];
    first.send({ event: 'pusher:subscribe', data: { channel: 'news' } });
    await first.received('pusher_internal:subscription_count');
    second.send({ event: 'pusher:subscribe', data: { channel: 'news' } });

    const counts = () =>
      first.texts.filter((text) => text.includes('subscription_count')).map((text) => JSON.parse(text));
    await expect
      .poll(() => counts().at(-1))
      .toEqual({
        event: 'pusher_internal:subscription_count',
        data: '{"subscription_count":2}',
        channel: 'news',
      });
    second.close();

    await expect.poll(() => counts().at(-1)?.data).toBe('{"subscription_count":1}');
    first.close();
  });
});

describe('client events of all', () => {
  it('reach a public channel, also from somebody who is not on it', async () => {
    const [listener, stranger] = [await connect(), await connect()];
    listener.send({ event: 'pusher:subscribe', data: { channel: 'lobby' } });
    await listener.received('pusher_internal:subscription_succeeded');

    stranger.send({ event: 'client-hello', channel: 'lobby', data: { by: 'a stranger' } });

    expect((await listener.received('client-hello')).data).toEqual({ by: 'a stranger' });
    listener.close();
    stranger.close();
  });

  it('do not reach a channel of a tenant from somebody who is not on it', async () => {
    const [listener, stranger] = [await connect(), await connect()];
    await joinSigned(listener, 'private-commerce.12');
    await listener.received('pusher_internal:subscription_succeeded');

    stranger.send({ event: 'client-hello', channel: 'private-commerce.12', data: {} });

    await stranger.received('pusher:error');
    await server.trigger('private-commerce.12', 'after', {});
    await listener.received('after');
    expect(listener.frames.map(({ event }) => event)).not.toContain('client-hello');
    listener.close();
    stranger.close();
  });
});

describe('a presence channel of two', () => {
  it('takes a third tab and no third user', async () => {
    const clients = [await connect(), await connect(), await connect(), await connect()];
    for (const [index, id] of [1, 2, 2].entries()) {
      const client = clients[index] as RawClient;
      await joinSigned(client, 'presence-table', { id });
      await client.received('pusher_internal:subscription_succeeded');
    }

    const third = clients[3] as RawClient;
    await joinSigned(third, 'presence-table', { id: 3 });

    expect((await third.received('pusher:subscription_error')).data).toMatchObject({ type: 'LimitReached' });
    for (const client of clients) client.close();
  });
});

describe('a tenant of two connections', () => {
  it('has no third one on its channels, and leaves other tenants theirs', async () => {
    const clients = [await connect(), await connect(), await connect()];
    for (const client of clients.slice(0, 2)) {
      await joinSigned(client, 'private-commerce.30');
      await client.received('pusher_internal:subscription_succeeded');
    }
    const third = clients[2] as RawClient;

    await joinSigned(third, 'private-commerce.30.orders');
    expect((await third.received('pusher:subscription_error')).data).toMatchObject({ type: 'LimitReached' });
    await joinSigned(third, 'private-commerce.31');
    await third.received('pusher_internal:subscription_succeeded');

    clients[0]?.close();
    const next = await connect();
    await expect
      .poll(async () => {
        await joinSigned(next, 'private-commerce.30');
        return next.frames.some(({ event }) => event === 'pusher_internal:subscription_succeeded');
      })
      .toBe(true);
    for (const client of [...clients, next]) client.close();
  });
});

describe('an HTTP API of five requests a second', () => {
  it('answers more of them 429, and serves those of the next second', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () =>
        server.get({ path: '/channels' }).catch((error: { status: number }) => ({ status: error.status })),
      ),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses).toContain(200);
    await expect
      .poll(() =>
        server.get({ path: '/channels' }).then(
          ({ status }) => status,
          () => 429,
        ),
      )
      .toBe(200);
  });
});
