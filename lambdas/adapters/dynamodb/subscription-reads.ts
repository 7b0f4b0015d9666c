import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Audience, Subscription } from '../../ports/subscription-store.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { removeExpiredConnections } from './expired-connections.ts';
import { BEFORE_ALL_CONNECTIONS, channelPartition, kindOfChannelRow } from './keys.ts';
import { type Item, queryPages } from './paging.ts';
import { isQueued } from './queue-row.ts';
import { nowInSeconds } from './row-lifetime.ts';
import { readSpread } from './shards-row.ts';
import { readSubscription } from './subscription-row.ts';

/** As many as one function posts to in a fraction of a second: so often it is noted how far it has come. */
const SUBSCRIPTIONS_A_PAGE = 500;

/** The rows of the shards and of the queue, and one more: a page that is full to the last row does not say that it is the last. */
const ROWS_BESIDE = 3;

/** The verb `audienceOf` of {@link file://../../ports/subscription-store.ts}. */
export async function readAudience(
  tables: ConnectionsTable,
  channel: string,
  most: number,
): Promise<Audience> {
  const { client, table } = tables;
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :channel',
      ExpressionAttributeValues: { ':channel': { S: channelPartition(channel, 0) } },
      Limit: most + ROWS_BESIDE,
      ConsistentRead: true,
    }),
  );
  const rowsOf = (kind: ReturnType<typeof kindOfChannelRow>) =>
    Items.filter(({ sk }) => kindOfChannelRow(sk?.S ?? '') === kind);
  const { live, expired } = byLife(tables, rowsOf('subscription'), 0);
  await removeExpiredConnections(tables, expired);
  return {
    shards: readSpread(rowsOf('shards')[0], nowInSeconds(tables.clock)).toRead,
    isQueued: isQueued(rowsOf('queue')[0]),
    subscriptions: live.slice(0, most),
    isComplete: LastEvaluatedKey === undefined && live.length <= most,
  };
}

/** The verb `subscribersOf` of the same. */
export async function* readSubscribers(
  tables: ConnectionsTable,
  channel: string,
  shard: number,
  after = BEFORE_ALL_CONNECTIONS,
): AsyncGenerator<readonly Subscription[]> {
  const pages = queryPages(tables.client, {
    TableName: tables.table,
    KeyConditionExpression: 'pk = :channel AND sk > :after',
    ExpressionAttributeValues: {
      ':channel': { S: channelPartition(channel, shard) },
      ':after': { S: after },
    },
    Limit: SUBSCRIPTIONS_A_PAGE,
    ConsistentRead: true,
  });
  for await (const rows of pages) {
    const { live, expired } = byLife(tables, rows, shard);
    if (live.length > 0) {
      yield live;
    }
    await removeExpiredConnections(tables, expired);
  }
}

/** `expired`: connection ids of those whose time has come. */
function byLife(
  tables: ConnectionsTable,
  rows: readonly Item[],
  shard: number,
): { readonly live: readonly Subscription[]; readonly expired: readonly string[] } {
  const now = nowInSeconds(tables.clock);
  const subscriptions = rows.map((row) => readSubscription(row, shard));
  return {
    live: subscriptions.filter(({ expiresAt }) => expiresAt > now),
    expired: subscriptions
      .filter(({ expiresAt }) => expiresAt <= now)
      .map(({ connectionId }) => connectionId),
  };
}
