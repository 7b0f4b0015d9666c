/**
 * Every key shape of the tables, and nothing else knows them.
 *
 * Connections table:
 *
 * | row          | pk                           | sk                |
 * | ------------ | ---------------------------- | ----------------- |
 * | connection   | `connection#{connectionId}`  | `connection`      |
 * | subscription | `channel#{channel}`          | `{connectionId}`  |
 * | quota        | `quota#connections`          | `{shard}`, 0 to 7 |
 *
 * Notifications table: `channel` and `id`, which its writers know too.
 */
const CONNECTION_PREFIX = 'connection#';
const CONNECTION_SORT_KEY = 'connection';
const QUOTA_PARTITION = 'quota#connections';

/** Key of a row in the Connections table, as the SDK takes it. */
export interface RowKey extends Record<string, { readonly S: string }> {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}

export function connectionKey(connectionId: string): RowKey {
  return { pk: { S: `${CONNECTION_PREFIX}${connectionId}` }, sk: { S: CONNECTION_SORT_KEY } };
}

/** The connection id when the two attributes are those of a connection row, undefined for every other row. */
export function connectionIdOfKey(pk: string, sk: string): string | undefined {
  return sk === CONNECTION_SORT_KEY && pk.startsWith(CONNECTION_PREFIX)
    ? pk.slice(CONNECTION_PREFIX.length)
    : undefined;
}

/** Partition key of all subscriptions of a channel. */
export function channelPartition(channel: string): string {
  return `channel#${channel}`;
}

export function subscriptionKey(channel: string, connectionId: string): RowKey {
  return { pk: { S: channelPartition(channel) }, sk: { S: connectionId } };
}

/** Partition key of all shards of the connection counter. */
export function quotaPartition(): string {
  return QUOTA_PARTITION;
}

export function quotaKey(shard: number): RowKey {
  return { pk: { S: QUOTA_PARTITION }, sk: { S: String(shard) } };
}

/** A single row takes about 500 transactional writes a second; API Gateway opens as many connections. */
const QUOTA_SHARDS = 8;

/** The shard that counts a connection: always the same for the same id (FNV-1a, 32 bits). */
export function quotaShardOf(connectionId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < connectionId.length; index++) {
    hash = Math.imul(hash ^ connectionId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % QUOTA_SHARDS;
}
