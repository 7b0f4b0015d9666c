import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { channelPartition } from '../../lambdas/adapters/dynamodb/keys.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { faultsOf } from '../setup/fault-catalogue.ts';
import { PATIENCE_IN_MILLISECONDS } from '../setup/patience.ts';
import { dial, type Frame, type RawClient } from '../setup/raw-client.ts';

const LISTENERS = 8;
const SHARDS = 2;

let execution: TestExecution;
const clients: RawClient[] = [];

beforeAll(async () => {
  execution = await startExecution({ limits: { timeScale: 0.05 } });
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(async () => {
  await execution?.stop();
});

/** As the occupancy function notes it when thousands have come. */
async function spread(channel: string, shards: number): Promise<void> {
  await execution.dynamoDb.send(
    new PutCommand({
      TableName: execution.outputs.ConnectionsTable,
      Item: { pk: channelPartition(channel, 0), sk: '#shards', shards },
    }),
  );
}

async function listenTo(channel: string, member?: { user_id: string }): Promise<RawClient> {
  const client = await dial(execution.socketUrl);
  clients.push(client);
  const socketId = await client.socketId();
  const channelData = member && JSON.stringify(member);
  client.send({
    event: 'pusher:subscribe',
    data: {
      channel,
      auth: execution.sign(socketId, channelData === undefined ? channel : `${channel}:${channelData}`),
      channel_data: channelData,
    },
  });
  await client.received('pusher_internal:subscription_succeeded');
  return client;
}

const listenersOf = (channel: string): Promise<RawClient[]> =>
  Promise.all(Array.from({ length: LISTENERS }, () => listenTo(channel)));

const indexOf = ({ data }: Frame): number => JSON.parse(data as string).index;

/** Each notification once, at its first arrival. */
function shown(client: RawClient, event: string): number[] {
  return [...new Set(client.frames.filter((frame) => frame.event === event).map(indexOf))];
}

async function expectAll(listeners: readonly RawClient[], event: string, count: number): Promise<void> {
  const expected = Array.from({ length: count }, (_, index) => index);
  for (const client of listeners) {
    for (const index of expected) await client.received(event, (frame) => indexOf(frame) === index);
    expect(shown(client, event)).toEqual(expected);
  }
}

/** How often functions have said so of a channel. */
const logged = (event: string, channel: string): number =>
  execution.logs.filter((line) => line.includes(`"${event}"`) && line.includes(`"${channel}"`)).length;

describe('a large audience', () => {
  it('hears what is notified, in its order, whichever shard a connection is in', async () => {
    const channel = 'private-commerce.101';
    await spread(channel, SHARDS);
    const listeners = await listenersOf(channel);
    const rows = await Promise.all(
      Array.from({ length: SHARDS }, (_, shard) =>
        execution.connectionRows(channelPartition(channel, shard)),
      ),
    );
    const subscribed = rows.map((own) => own.filter(({ sk }) => !String(sk).startsWith('#')).length);
    expect(subscribed.filter((count) => count > 0).length).toBeGreaterThan(1);
    expect(subscribed.reduce((sum, count) => sum + count, 0)).toBe(LISTENERS);

    for (let index = 0; index < 10; index += 1) {
      await execution.notify({ channel, event: 'paid', data: { index } });
    }

    await expectAll(listeners, 'paid', 10);
    expect(logged('entry-handed-over', channel)).toBe(10);
    await expect
      .poll(() => logged('shard-delivered', channel), { timeout: PATIENCE_IN_MILLISECONDS })
      .toBe(10 * SHARDS);
    expect(logged('entry-broadcast', channel)).toBe(0);
    for (const client of listeners) {
      expect(client.frames.filter(({ event }) => event === 'paid')).toHaveLength(10);
    }
  });

  it('is told nothing that its sender excludes itself from', async () => {
    const channel = 'private-commerce.102';
    await spread(channel, SHARDS);
    const [sender, other] = [await listenTo(channel), await listenTo(channel)];

    await execution.notify({ channel, event: 'sent', data: { index: 0 }, socketId: await sender.socketId() });
    await execution.notify({ channel, event: 'sent', data: { index: 1 } });

    await expectAll([other], 'sent', 2);
    await sender.received('sent', (frame) => indexOf(frame) === 1);
    expect(shown(sender, 'sent')).toEqual([1]);
  });

  it('hears everything in order while it becomes small and large again', async () => {
    const channel = 'private-commerce.103';
    // Before the channel is spread: all of them in shard 0, where they are found however many there are.
    const listeners = await listenersOf(channel);
    let count = 0;
    // In bursts: whatever comes without a pause lines up in the queue behind what is there.
    const notifyUntil = async (event: string, times: number): Promise<void> => {
      const enough = logged(event, channel) + times;
      while (logged(event, channel) < enough) {
        for (const last = count + 3; count < last; count += 1) {
          await execution.notify({ channel, event: 'crossed', data: { index: count } });
        }
        await listeners[0]?.received('crossed', (frame) => indexOf(frame) === count - 1);
      }
    };

    await notifyUntil('entry-broadcast', 3);
    for (let crossing = 0; crossing < 2; crossing += 1) {
      await spread(channel, 2);
      await notifyUntil('entry-handed-over', 5);
      await spread(channel, 1);
      await notifyUntil('entry-broadcast', 5);
    }

    await expectAll(listeners, 'crossed', count);
  });

  it('loses whoever is gone, and nobody else', async () => {
    const channel = 'private-commerce.104';
    await spread(channel, SHARDS);
    const listeners = await listenersOf(channel);
    for (const client of listeners.slice(0, LISTENERS / 2)) client.terminate();

    await execution.notify({ channel, event: 'left', data: { index: 0 } });

    await expectAll(listeners.slice(LISTENERS / 2), 'left', 1);
    await expect
      .poll(
        async () => {
          const rows = await Promise.all(
            Array.from({ length: SHARDS }, (_, shard) =>
              execution.connectionRows(channelPartition(channel, shard)),
            ),
          );
          return rows.flat().filter(({ sk }) => !String(sk).startsWith('#')).length;
        },
        { timeout: PATIENCE_IN_MILLISECONDS },
      )
      .toBe(LISTENERS / 2);
  });

  it('is not held up by who comes to its channel and leaves at once', async () => {
    const channel = 'cache-news-of-106';
    await spread(channel, SHARDS);
    const listener = await listenTo(channel);
    for (let index = 0; index < 8; index += 1) {
      const passer = await dial(execution.socketUrl);
      clients.push(passer);
      await passer.socketId();
      passer.send({ event: 'pusher:subscribe', data: { channel } });
      passer.send({ event: 'pusher:unsubscribe', data: { channel } });
      passer.close();
    }

    await execution.notify({ channel, event: 'passed', data: { index: 0 } });

    await expectAll([listener], 'passed', 1);
    expect(execution.logs.filter((line) => line.includes('"broadcast-interrupted"'))).toEqual([]);
  });

  it('of a presence channel is told who comes and goes, each once, whoever is there already', async () => {
    const channel = 'presence-commerce.105';
    await spread(channel, SHARDS);
    const members: RawClient[] = [];
    for (let user = 0; user < 4; user += 1)
      members.push(await listenTo(channel, { user_id: `user-${user}` }));

    for (const [index, client] of members.entries()) {
      const success = await client.received('pusher_internal:subscription_succeeded');
      const { ids } = JSON.parse(success.data as string).presence as { ids: string[] };
      for (let later = index + 1; later < members.length; later += 1) {
        await client.received('pusher_internal:member_added', ({ data }) =>
          String(data).includes(`user-${later}"`),
        );
      }
      const added = client.frames.filter(({ event }) => event === 'pusher_internal:member_added');
      const seen = [...ids, ...added.map(({ data }) => JSON.parse(data as string).user_id as string)];
      expect(seen.sort()).toEqual(members.map((_, user) => `user-${user}`));
    }
  });
});

describe('the functions of a large audience', () => {
  it('have asked for nothing that they have no grant for: tried again, some of it succeeds all the same', async () => {
    expect(execution.logs.filter((line) => line.includes('is not authorized to perform'))).toEqual([]);
  });
});

describe('of a large audience nobody loses a notification, or its order', () => {
  const timeout = 6 * PATIENCE_IN_MILLISECONDS;
  let tenant = 200;
  const faults = faultsOf('deliver');

  /** Of the others the broadcaster's own tell: what posts is the same. */
  it.each([
    'posts that fail until their deliveries queue up',
    'reads that fail',
    'batches that come twice',
    'a deliver that dies after its work',
  ])('under %s', { timeout }, async (name) => {
    const inject = faults[name];
    if (inject === undefined) throw new Error(`There is no fault "${name}".`);
    tenant += 1;
    const channel = `private-commerce.${tenant}`;
    await spread(channel, SHARDS);
    const listeners = await listenersOf(channel);
    const stopInjecting = inject(execution.local);
    try {
      for (let index = 0; index < 10; index += 1) {
        await execution.notify({ channel, event: 'paid', data: { index } });
      }
      await expectAll(listeners, 'paid', 10);
    } finally {
      stopInjecting();
    }
    expect(execution.local.messagesIn('DeliveryDeadLetter')).toEqual([]);
    expect(execution.local.messagesIn('FanOutRetryDeadLetter')).toEqual([]);
  });
});
