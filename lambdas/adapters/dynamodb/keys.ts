import { fingerprint } from '../../protocol/fingerprint.ts';

/**
 * Every key shape of the tables, and nothing else knows them.
 *
 * Connections table:
 *
 * | row          | pk                           | sk                 |
 * | ------------ | ---------------------------- | ------------------ |
 * | connection   | `connection#{connectionId}`  | `connection`       |
 * | subscription | `channel#{channel}`          | `{connectionId}`   |
 * | quota        | `quota#connections`          | `{shard}`, 0 to 63 |
 * | counted      | `counted#{connectionId}`     | `counted`          |
 *
 * Notifications table: `channel` and `id`, which its writers know too.
 */
const CONNECTION_PREFIX = 'connection#';
const CONNECTION_SORT_KEY = 'connection';
const QUOTA_PARTITION = 'quota#connections';
const COUNTED_PREFIX = 'counted#';
/** None but a connection's own row has the sort key `connection`, which is what the stream's reader is woken by. */
const COUNTED_SORT_KEY = 'counted';

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

/** Key of the row that is there for as long as a connection is part of the count. */
export function countedKey(connectionId: string): RowKey {
  return { pk: { S: `${COUNTED_PREFIX}${connectionId}` }, sk: { S: COUNTED_SORT_KEY } };
}

/**
 * Two transactions that write the same row at the same time conflict, and one of them has to come again. API Gateway opens 500
 * connections a second, and a transaction holds its rows for some ten milliseconds: of 64 rows, each is free most of the
 * time. All of them together are one page of a query.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const QUOTA_SHARDS = 64;

/** The shard that counts a connection: always the same for the same id (FNV-1a, 32 bits). */
export function quotaShardOf(connectionId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < connectionId.length; index++) {
    hash = Math.imul(hash ^ connectionId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % QUOTA_SHARDS;
}

export function cacheKey(channel: string): RowKey {
  return { pk: { S: `cache#${channel}` }, sk: { S: 'cache' } };
}

/** Partition key of all connections of a user. */
export function userPartition(userId: string): string {
  return `user#${userId}`;
}

export function userKey(userId: string, connectionId: string): RowKey {
  return { pk: { S: userPartition(userId) }, sk: { S: connectionId } };
}

export function deniedUserKey(userId: string): RowKey {
  return { pk: { S: `denied#user#${userId}` }, sk: { S: 'denied' } };
}

export function deniedHandshakeKey(fingerprint: string): RowKey {
  return { pk: { S: `denied#handshake#${fingerprint}` }, sk: { S: 'denied' } };
}

/** Key of what was taken of an allowance in one second (epoch seconds). */
export function allowanceKey(name: string, second: number): RowKey {
  return { pk: { S: `allowance#${name}` }, sk: { S: String(second) } };
}

/** Callers choose their keys, a row's key is limited: so it is made of the SHA-256. */
export function idempotencyKey(key: string): RowKey {
  return { pk: { S: `idempotency#${fingerprint(key)}` }, sk: { S: 'idempotency' } };
}
