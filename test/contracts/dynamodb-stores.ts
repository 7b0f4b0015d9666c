import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbChannelShards } from '../../lambdas/adapters/dynamodb/channel-shards.ts';
import { readRemovedConnection } from '../../lambdas/adapters/dynamodb/connection-row.ts';
import { DynamoDbConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoDbDeliveryProgress } from '../../lambdas/adapters/dynamodb/delivery-progress.ts';
import { connectionKey, memberKey, userPartition } from '../../lambdas/adapters/dynamodb/keys.ts';
import { readAbsence } from '../../lambdas/adapters/dynamodb/member-row.ts';
import { DynamoDbOccupancyStore } from '../../lambdas/adapters/dynamodb/occupancy-store.ts';
import type { Item } from '../../lambdas/adapters/dynamodb/paging.ts';
import { DynamoDbPresenceStore } from '../../lambdas/adapters/dynamodb/presence-store.ts';
import { readRow } from '../../lambdas/adapters/dynamodb/row-read.ts';
import { DynamoDbSubscriptionStore } from '../../lambdas/adapters/dynamodb/subscription-store.ts';
import { readChannelEntryRow } from '../../lambdas/protocol/channel-entry-row.ts';
import type { VirtualClock } from '../fakes/virtual-clock.ts';
import type { DynamoDbEngine } from '../setup/dynamodb-engine.ts';
import type { StoresWorld } from './stores-world.ts';
import { MAX_CHANNELS } from './subscription-store.ts';

export async function dynamoDbStores(engine: DynamoDbEngine, clock: VirtualClock): Promise<StoresWorld> {
  const { client } = engine;
  const table = await engine.createConnectionsTable();
  const notificationsTable = await engine.createNotificationsTable();
  const rows = { client, clock, table };
  const query = async (of: string, name: string, value: string): Promise<Item[]> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: of,
        KeyConditionExpression: `${name} = :value`,
        ExpressionAttributeValues: { ':value': { S: value } },
        ConsistentRead: true,
      }),
    );
    return Items;
  };
  const newSubscriptions = () =>
    new DynamoDbSubscriptionStore({ ...rows, notificationsTable, maxChannelsPerConnection: MAX_CHANNELS });
  return {
    connections: new DynamoDbConnectionStore(rows),
    subscriptions: newSubscriptions(),
    presence: new DynamoDbPresenceStore({ ...rows, notificationsTable }),
    occupancy: new DynamoDbOccupancyStore(rows),
    shards: new DynamoDbChannelShards(rows),
    progress: new DynamoDbDeliveryProgress(rows),
    anotherEnvironment: newSubscriptions,
    lastImageOf: async (connectionId) => {
      const removed = readRemovedConnection(
        (await readRow(client, table, connectionKey(connectionId))) ?? {},
      );
      if (removed === undefined) throw new Error(`there is no row of connection ${connectionId}`);
      return removed;
    },
    absenceOf: async (channel, userId) =>
      readAbsence((await readRow(client, table, memberKey(channel, userId))) ?? {}),
    entriesOn: async (channel) =>
      (await query(notificationsTable, 'channel', channel)).map((row) => {
        const reading = readChannelEntryRow(row);
        if ('reason' in reading) throw new Error(reading.reason);
        return reading.entry;
      }),
    connectionsOf: async (userId) =>
      (await query(table, 'pk', userPartition(userId))).map(({ sk }) => sk?.S ?? ''),
  };
}
