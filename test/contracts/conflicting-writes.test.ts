import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbChannelShards } from '../../lambdas/adapters/dynamodb/channel-shards.ts';
import { DynamoDbConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoDbOccupancyStore } from '../../lambdas/adapters/dynamodb/occupancy-store.ts';
import { DynamoDbPresenceStore } from '../../lambdas/adapters/dynamodb/presence-store.ts';
import { DynamoDbSubscriptionStore } from '../../lambdas/adapters/dynamodb/subscription-store.ts';
import { systemClock as clock } from '../../lambdas/adapters/system/system-clock.ts';
import { type Doorway, openDoorway } from '../local/setup/doorway.ts';
import { everySubscription } from './stores-world.ts';

let doorway: Doorway;
let client: DynamoDBClient;
let connections: DynamoDbConnectionStore;
let subscriptions: DynamoDbSubscriptionStore;
let presence: DynamoDbPresenceStore;
let occupancy: DynamoDbOccupancyStore;
/** Answers of the door that named a conflict. */
let conflicts = 0;

beforeAll(async () => {
  doorway = await openDoorway();
  await createTable('connections', 'pk', 'sk');
  await createTable('notifications', 'channel', 'id');
  const operator = doorway.world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
  client = new DynamoDBClient({ ...doorway.clientOf(operator), maxAttempts: 1 });
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        if (/TransactionConflict|Transaction is ongoing/.test((error as Error).message)) conflicts += 1;
        throw error;
      }
    },
    { step: 'initialize' },
  );
  const rows = { client, clock, table: 'connections' };
  connections = new DynamoDbConnectionStore(rows);
  const notificationsTable = 'notifications';
  subscriptions = new DynamoDbSubscriptionStore({
    ...rows,
    notificationsTable,
    maxChannelsPerConnection: 100,
  });
  presence = new DynamoDbPresenceStore({ ...rows, notificationsTable });
  occupancy = new DynamoDbOccupancyStore(rows);
});
afterAll(async () => {
  client.destroy();
  await doorway.stop();
});

async function createTable(name: string, hash: string, range: string): Promise<void> {
  await doorway.world.tables.create({
    name,
    arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`,
    attributeDefinitions: [hash, range].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    keySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
  });
}

const inOneHour = () => Math.floor(Date.now() / 1_000) + 3_600;
const open = (connectionId: string) =>
  connections.open({ connectionId, connectedAt: Date.now(), expiresAt: inOneHour() });
const join = (connectionId: string, channel: string, store = subscriptions) =>
  store.subscribe({ connectionId, channel, expiresAt: inOneHour(), askedAt: 0, inOrder: false });

/** On a busy machine all writes of a round may come one after the other: rounds go on until two have met. */
async function untilTheyMeet(write: (round: number) => Promise<void>): Promise<void> {
  conflicts = 0;
  for (let round = 0; round < 50 && conflicts === 0; round += 1) await write(round);
  expect(conflicts).toBeGreaterThan(0);
}

describe('writes of the same rows at the same time', () => {
  it('are all made when a connection joins sixty channels at once', async () => {
    await untilTheyMeet(async (round) => {
      await open(`many-${round}=`);

      const outcomes = await Promise.all(
        Array.from({ length: 60 }, (_, channel) => join(`many-${round}=`, `channel-${channel}`)),
      );

      expect(new Set(outcomes)).toEqual(new Set(['subscribed']));
    });
  });

  it('put a connection once on a channel on which it asks to be twice, of environments that know other numbers of shards', async () => {
    const shards = new DynamoDbChannelShards({ client, clock, table: 'connections' });
    await untilTheyMeet(async (round) => {
      const channel = `growing-${round}`;
      const ids = Array.from({ length: 8 }, (_, index) => `twice-${round}-${index}=`);
      await Promise.all([...ids, `first-${round}=`].map(open));
      await join(`first-${round}=`, channel);
      await shards.fit(channel, 100_000);
      const other = new DynamoDbSubscriptionStore({
        client,
        clock,
        table: 'connections',
        maxChannelsPerConnection: 100,
      });

      const outcomes = await Promise.all(
        ids.flatMap((id) => [join(id, channel), join(id, channel, other), join(id, channel)]),
      );

      expect(new Set(outcomes)).toEqual(new Set(['subscribed']));
      const found = await everySubscription(subscriptions, channel);
      expect(found.map(({ connectionId }) => connectionId)).toEqual([`first-${round}=`, ...ids]);
      expect(await occupancy.countsOf(channel)).toMatchObject({ subscriptions: 9 });
    });
  });

  it('are all made when a connection is marked, leaves and is removed while it joins', async () => {
    await untilTheyMeet(async (round) => {
      const busy = `busy-${round}=`;
      const place = { connectionId: busy, channel: 'news', shard: 0 };
      await open(busy);
      await join(busy, 'news');

      await Promise.all([
        ...Array.from({ length: 30 }, () => join(busy, 'news')),
        ...Array.from({ length: 30 }, (_, id) => subscriptions.markLagging(place, String(id))),
        ...Array.from({ length: 30 }, (_, id) => subscriptions.clearLagging(place, String(id))),
      ]);
      await Promise.all([
        ...Array.from({ length: 30 }, () => join(busy, 'news')),
        connections.remove(busy),
        subscriptions.unsubscribe(busy, 'news', 1),
      ]);

      expect(await connections.isOpen(busy)).toBe(false);
    });
  });

  it('count every connection that opens and leaves', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `guest-${index}=`);
    const before = await connections.countOpen();

    await Promise.all(ids.map(open));
    expect(await connections.countOpen()).toBe(before + 30);

    const removed = ids.map((connectionId) => ({ connectionId, channels: [], users: [], watched: [] }));
    await Promise.all([...removed, ...removed].map((image) => connections.forget(image)));
    expect(await connections.countOpen()).toBe(before);
  });

  it('count every tab of one user who comes and leaves, as one member', async () => {
    const tabs = Array.from({ length: 12 }, (_, index) => `tab-${index}=`);
    const channel = 'presence-room';
    await Promise.all(tabs.map(open));
    conflicts = 0;

    await Promise.all(
      tabs.map((connectionId) =>
        subscriptions.subscribe({
          connectionId,
          channel,
          expiresAt: inOneHour(),
          askedAt: 0,
          member: { userId: '7', channelData: '{"user_id":"7"}' },
          inOrder: true,
        }),
      ),
    );
    expect(await occupancy.countsOf(channel)).toEqual({ subscriptions: 12, members: 1 });

    await Promise.all([
      ...tabs.slice(0, 6).map((id) => subscriptions.unsubscribe(id, channel, 1)),
      ...tabs.slice(6).map((id) => subscriptions.removeAll(id, [channel])),
    ]);
    expect(await occupancy.countsOf(channel)).toEqual({ subscriptions: 0, members: 1 });
    expect(await presence.membersOf(channel)).toHaveLength(1);
    expect(conflicts).toBeGreaterThan(0);
  });

  it('count every connection that joins a channel and leaves it with others', async () => {
    const guests = Array.from({ length: 50 }, (_, index) => `visitor-${index}=`);
    const channels = Array.from({ length: 5 }, (_, index) => `hall-${index}`);
    await Promise.all(guests.map(open));
    await Promise.all(guests.map((id) => join(id, 'hall-0')));
    await Promise.all(
      channels.slice(1).flatMap((channel) => guests.slice(0, 10).map((id) => join(id, channel))),
    );
    expect(await occupancy.countsOf('hall-0')).toMatchObject({ subscriptions: 50 });

    await Promise.all(guests.slice(0, 40).map((id) => subscriptions.removeAll(id, channels)));
    expect(await occupancy.countsOf('hall-0')).toMatchObject({ subscriptions: 10 });
    expect(await occupancy.countsOf('hall-4')).toMatchObject({ subscriptions: 0 });
  });
});
