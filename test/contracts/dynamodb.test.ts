import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { readRemovedConnection } from '../../lambdas/adapters/dynamodb/connection-row.ts';
import { DynamoDbConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { connectionKey } from '../../lambdas/adapters/dynamodb/keys.ts';
import { DynamoDbSubscriptionStore } from '../../lambdas/adapters/dynamodb/subscription-store.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import { type DynamoDbEngine, startDynamoDbEngine } from '../setup/dynamodb-engine.ts';
import { connectionStoreContract } from './connection-store.ts';
import { MAX_CHANNELS, NOW, subscriptionStoreContract } from './subscription-store.ts';

let engine: DynamoDbEngine;
beforeAll(async () => {
  engine = await startDynamoDbEngine();
});
afterAll(() => engine.stop());

const standing: Clock = { now: () => NOW * 1_000, sleep: () => Promise.resolve() };

async function setUp(clock = standing) {
  const { client } = engine;
  const table = await engine.createConnectionsTable();
  return {
    connections: new DynamoDbConnectionStore({ client, clock, table, counting: true }),
    subscriptions: new DynamoDbSubscriptionStore({
      client,
      clock,
      table,
      maxChannelsPerConnection: MAX_CHANNELS,
    }),
    lastImageOf: async (connectionId: string) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: connectionKey(connectionId), ConsistentRead: true }),
      );
      const removed = readRemovedConnection(Item ?? {});
      if (removed === undefined) {
        throw new Error(`there is no row of connection ${connectionId}`);
      }
      return removed;
    },
  };
}

connectionStoreContract('on DynamoDB', () => setUp());
subscriptionStoreContract('on DynamoDB', setUp);
