import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoDbSubscriptionStore } from '../../lambdas/adapters/dynamodb/subscription-store.ts';
import { systemClock as clock } from '../../lambdas/adapters/system/system-clock.ts';
import { type Doorway, openDoorway } from '../local/setup/doorway.ts';

let doorway: Doorway;
let client: DynamoDBClient;
let connections: DynamoDbConnectionStore;
let subscriptions: DynamoDbSubscriptionStore;
/** Answers of the door that named a conflict. */
let conflicts = 0;

beforeAll(async () => {
  doorway = await openDoorway();
  await doorway.world.tables.create({
    name: 'connections',
    arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/connections',
    attributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    keySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
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
  subscriptions = new DynamoDbSubscriptionStore({ ...rows, maxChannelsPerConnection: 100 });
});
afterAll(async () => {
  client.destroy();
  await doorway.stop();
});

const inOneHour = () => Math.floor(Date.now() / 1_000) + 3_600;
const open = (connectionId: string) =>
  connections.open({ connectionId, connectedAt: Date.now(), expiresAt: inOneHour() });
const join = (connectionId: string, channel: string) =>
  subscriptions.subscribe({ connectionId, channel, expiresAt: inOneHour(), askedAt: 0, inOrder: false });

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

  it('are all made when a connection is marked, leaves and is removed while it joins', async () => {
    await untilTheyMeet(async (round) => {
      const busy = `busy-${round}=`;
      await open(busy);
      await join(busy, 'news');

      await Promise.all([
        ...Array.from({ length: 30 }, () => join(busy, 'news')),
        ...Array.from({ length: 30 }, (_, id) => subscriptions.markLagging(busy, 'news', String(id))),
        ...Array.from({ length: 30 }, (_, id) => subscriptions.clearLagging(busy, 'news', String(id))),
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
});
