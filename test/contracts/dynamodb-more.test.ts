import {
  type AttributeValue,
  DeleteTableCommand,
  GetItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoDbAllowance } from '../../lambdas/adapters/dynamodb/allowance.ts';
import { DynamoDbCacheStore } from '../../lambdas/adapters/dynamodb/cache-store.ts';
import { readRemovedConnection } from '../../lambdas/adapters/dynamodb/connection-row.ts';
import { DynamoDbConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoDbDenialStore } from '../../lambdas/adapters/dynamodb/denial-store.ts';
import { DynamoDbIdempotencyStore } from '../../lambdas/adapters/dynamodb/idempotency-store.ts';
import { connectionKey } from '../../lambdas/adapters/dynamodb/keys.ts';
import { LeasedAllowance } from '../../lambdas/adapters/dynamodb/leased-allowance.ts';
import { DynamoDbNotificationLog } from '../../lambdas/adapters/dynamodb/notification-log.ts';
import { DynamoDbSubscriptionStore } from '../../lambdas/adapters/dynamodb/subscription-store.ts';
import { DynamoDbUserStore } from '../../lambdas/adapters/dynamodb/user-store.ts';
import { readChannelEntryRow } from '../../lambdas/protocol/channel-entry-row.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { type DynamoDbEngine, startDynamoDbEngine } from '../setup/dynamodb-engine.ts';
import { allowanceContract } from './allowance.ts';
import { cacheStoreContract } from './cache-store.ts';
import { denialStoreContract } from './denial-store.ts';
import { idempotencyStoreContract } from './idempotency-store.ts';
import { notificationLogContract } from './notification-log.ts';
import { NOW } from './stores-world.ts';
import { userStoreContract } from './user-store.ts';

let engine: DynamoDbEngine;
beforeAll(async () => {
  engine = await startDynamoDbEngine();
});
afterAll(() => engine.stop());

const connectionsTable = async (clock: VirtualClock) => ({
  client: engine.client,
  clock,
  table: await engine.createConnectionsTable(),
});

cacheStoreContract('on DynamoDB', async (clock) => new DynamoDbCacheStore(await connectionsTable(clock)));
denialStoreContract('on DynamoDB', async (clock) => new DynamoDbDenialStore(await connectionsTable(clock)));
idempotencyStoreContract(
  'on DynamoDB',
  async (clock) => new DynamoDbIdempotencyStore(await connectionsTable(clock)),
);

allowanceContract('on DynamoDB', async (clock) => {
  const options = await connectionsTable(clock);
  return { inEnvironment: () => new DynamoDbAllowance(options) };
});
allowanceContract('leased from DynamoDB', async (clock) => {
  const options = await connectionsTable(clock);
  return { inEnvironment: () => new LeasedAllowance(options) };
});

userStoreContract('on DynamoDB', async (clock) => {
  const options = await connectionsTable(clock);
  return {
    connections: new DynamoDbConnectionStore(options),
    subscriptions: new DynamoDbSubscriptionStore({ ...options, notificationsTable: 'none' }),
    users: new DynamoDbUserStore(options),
    lastImageOf: async (connectionId) => {
      const { Item = {} } = await options.client.send(
        new GetItemCommand({
          TableName: options.table,
          Key: connectionKey(connectionId),
          ConsistentRead: true,
        }),
      );
      const removed = readRemovedConnection(Item);
      if (removed === undefined) throw new Error(`there is no row of connection ${connectionId}`);
      return removed;
    },
  };
});

async function notificationsTable() {
  const table = await engine.createNotificationsTable();
  const clock = new VirtualClock(NOW * 1_000);
  const log = new DynamoDbNotificationLog({
    client: engine.client,
    clock,
    table,
    retentionInSeconds: 60,
  });
  const rowsOn = async (channel: string): Promise<Record<string, AttributeValue>[]> => {
    const { Items = [] } = await engine.client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'channel = :channel',
        ExpressionAttributeValues: { ':channel': { S: channel } },
        ConsistentRead: true,
      }),
    );
    return Items;
  };
  return { table, clock, log, rowsOn };
}

notificationLogContract('on DynamoDB', async () => {
  const { table, log, rowsOn } = await notificationsTable();
  const rows = async (channel: string, ours: boolean) =>
    (await rowsOn(channel)).filter(({ internalKind }) => (internalKind !== undefined) === ours);
  return {
    log,
    storedOn: async (channel) =>
      (await rows(channel, false)).map(({ event, data, socketId }) => ({
        channel,
        event: event?.S ?? '',
        data: data?.S ?? '',
        ...(socketId?.S !== undefined && { socketId: socketId.S }),
      })),
    enteredOn: async (channel) =>
      (await rows(channel, true)).map((row) => {
        const reading = readChannelEntryRow(row);
        if ('reason' in reading) throw new Error(reading.reason);
        const { id: _, ...entry } = reading.entry;
        return entry;
      }),
    fail: async () => {
      await engine.client.send(new DeleteTableCommand({ TableName: table }));
    },
  };
});

it('a notification that is stored again from the same origin is the same row, so that the stream has nothing of it', async () => {
  const { clock, log, rowsOn } = await notificationsTable();
  const notifications = ['0', '1', '2'].map((data) => ({
    channel: 'news',
    event: 'e',
    data,
    socketId: '1.2',
  }));
  const origin = { at: NOW * 1_000 - 5_000, seed: 'seed' };

  await log.append(notifications, origin);
  const rows = await rowsOn('news');
  clock.advance(3_600_000);
  await log.append(notifications, origin);

  expect(await rowsOn('news')).toEqual(rows);
  expect(rows).toMatchObject([
    { createdAt: { S: new Date(origin.at).toISOString() }, expiresAt: { N: String(NOW - 5 + 60) } },
    {},
    {},
  ]);
});
