import type { SubscriptionPlace } from '../../ports/subscription-store.ts';
import { fingerprint } from '../../protocol/fingerprint.ts';

/**
 * Every key shape of the tables, and nothing else knows them.
 *
 * Connections table:
 *
 * | row          | pk                                                          | sk                                     |
 * | ------------ | ----------------------------------------------------------- | -------------------------------------- |
 * | connection   | `connection#{connectionId}`                                 | `connection`                           |
 * | subscription | `channel#{channel}`, `channel#{shard}#{channel}`            | `{connectionId}`                       |
 * | shards       | `channel#{channel}`                                         | `#shards`                              |
 * | queue        | as of a subscription                                        | `#queue`                               |
 * | member       | `members#{channel}`                                         | `{userId}`                             |
 * | count        | `occupancy#{channel}`                                       | `subscriptions#` or `members#{0 to 15}` |
 * | occupied     | `occupied#{0 to 7}`                                         | `{channel}`                            |
 * | quota        | `quota#connections` or `quota#tenant#{tenant}`              | `{0 to 63}`                            |
 * | counted      | `counted#{connectionId}`                                    | `app` or `tenant#{tenant}`             |
 * | cache        | `cache#{channel}`                                           | `cache`                                |
 * | user         | `user#{userId}`                                             | `{connectionId}`                       |
 * | denied       | `denied#user#{userId}` or `denied#handshake#{fingerprint}`  | `denied`                               |
 * | allowance    | `allowance#{name}`                                          | `{epoch second}`                       |
 * | idempotency  | `idempotency#{SHA-256 of the key}`                          | `idempotency`                          |
 *
 * Notifications table: `channel` and `id`, which its writers know too.
 */
const CONNECTION_PREFIX = 'connection#';
/** What the reader of the stream that follows connections is woken by: it may not be needlessly many others'. */
const CONNECTION_SORT_KEY = 'connection';
const SHARDS_SORT_KEY = '#shards';
const QUEUE_SORT_KEY = '#queue';
const MEMBERS_PREFIX = 'members#';
const OCCUPANCY_PREFIX = 'occupancy#';
const APP_SORT_KEY = 'app';
const TENANT_PREFIX = 'tenant#';

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

/**
 * Partition key of all subscriptions in one shard of a channel. Shard 0 has the key from before there were others: what was subscribed then is in
 * it. None is taken for another: a channel's name has no `#` but as its first character or behind that, and so never begins with a number and `#`.
 */
export function channelPartition(channel: string, shard: number): string {
  return shard === 0 ? `channel#${channel}` : `channel#${shard}#${channel}`;
}

export function subscriptionKey({ channel, shard, connectionId }: SubscriptionPlace): RowKey {
  return { pk: { S: channelPartition(channel, shard) }, sk: { S: connectionId } };
}

/** Key of the row that says over how many shards a channel is spread. */
export function shardsKey(channel: string): RowKey {
  return { pk: { S: channelPartition(channel, 0) }, sk: { S: SHARDS_SORT_KEY } };
}

/** Key of the row that says what the delivery queue has to do with a shard. */
export function queueKey(channel: string, shard: number): RowKey {
  return { pk: { S: channelPartition(channel, shard) }, sk: { S: QUEUE_SORT_KEY } };
}

/** What a row in the partition of a channel is; those that are no subscription come first there. */
export function kindOfChannelRow(sk: string): 'shards' | 'queue' | 'subscription' {
  if (sk === SHARDS_SORT_KEY) return 'shards';
  return sk === QUEUE_SORT_KEY ? 'queue' : 'subscription';
}

/**
 * The sort key after which the subscriptions of a shard begin: connection ids are base64, and every character of that comes after `$`, as does
 * every one after `#`.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const BEFORE_ALL_CONNECTIONS = '$';

/** The most shards over which a channel is spread. */
export const MOST_CHANNEL_SHARDS = 64;

/** In which shard a connection subscribes that sees a channel spread over so many, a power of two. */
export function channelShardOf(connectionId: string, shards: number): number {
  return shardOf(connectionId, shards);
}

/** In which shards a connection may have subscribed to a channel that is, or was, spread over up to so many: seven at most. */
export function channelShardsOf(connectionId: string, most: number): readonly number[] {
  const found = new Set<number>();
  for (let shards = 1; shards <= most; shards *= 2) found.add(channelShardOf(connectionId, shards));
  return [...found];
}

/** Partition key of all members of a channel. */
export function membersPartition(channel: string): string {
  return `${MEMBERS_PREFIX}${channel}`;
}

export function memberKey(channel: string, userId: string): RowKey {
  return { pk: { S: membersPartition(channel) }, sk: { S: userId } };
}

/** Channel and user when the two attributes are those of a member, undefined for every other row. */
export function memberOfKey(pk: string, sk: string): { channel: string; userId: string } | undefined {
  return pk.startsWith(MEMBERS_PREFIX) ? { channel: pk.slice(MEMBERS_PREFIX.length), userId: sk } : undefined;
}

/** What is counted on a channel: connections, or users. */
export type Counted = 'subscriptions' | 'members';

/** Partition key of all counts of a channel. */
export function occupancyPartition(channel: string): string {
  return `${OCCUPANCY_PREFIX}${channel}`;
}

/** `id`: of the connection or the user that is counted. */
export function countKey(channel: string, counted: Counted, id: string): RowKey {
  return {
    pk: { S: occupancyPartition(channel) },
    sk: { S: `${counted}#${shardOf(id, COUNT_SHARDS)}` },
  };
}

/** Whose count it is when the two attributes are those of one, undefined for every other row. */
export function countOfKey(pk: string, sk: string): { channel: string; counted: Counted } | undefined {
  const [counted] = sk.split('#', 1);
  return pk.startsWith(OCCUPANCY_PREFIX) && (counted === 'subscriptions' || counted === 'members')
    ? { channel: pk.slice(OCCUPANCY_PREFIX.length), counted }
    : undefined;
}

/** Partition keys of the lists of occupied channels, which are together what there is. */
export function occupiedPartitions(): readonly string[] {
  return Array.from({ length: OCCUPIED_LISTS }, (_, list) => occupiedPartition(list));
}

export function occupiedKey(channel: string): RowKey {
  return { pk: { S: occupiedPartition(shardOf(channel, OCCUPIED_LISTS)) }, sk: { S: channel } };
}

function occupiedPartition(list: number): string {
  return `occupied#${list}`;
}

/** Partition key of all shards of a count of connections: those of a tenant, or all of them. */
export function quotaPartition(tenant?: string): string {
  return tenant === undefined ? 'quota#connections' : `quota#${TENANT_PREFIX}${tenant}`;
}

export function quotaKey(shard: number, tenant?: string): RowKey {
  return { pk: { S: quotaPartition(tenant) }, sk: { S: String(shard) } };
}

/** Partition key of all rows that say of which counts a connection is a part. */
export function countedPartition(connectionId: string): string {
  return `counted#${connectionId}`;
}

/** Key of the row that is there for as long as a connection is part of a count: that of a tenant, or of all. */
export function countedKey(connectionId: string, tenant?: string): RowKey {
  return {
    pk: { S: countedPartition(connectionId) },
    sk: { S: tenant === undefined ? APP_SORT_KEY : `${TENANT_PREFIX}${tenant}` },
  };
}

/** The tenant whose count a row `counted` is about; undefined when it is that of all. */
export function countedTenantOf(sk: string): string | undefined {
  return sk.startsWith(TENANT_PREFIX) ? sk.slice(TENANT_PREFIX.length) : undefined;
}

/**
 * Two transactions that write the same row at the same time conflict, and one of them has to come again. API Gateway opens 500
 * connections a second, and a transaction holds its rows for some ten milliseconds: of 64 rows, each is free most of the
 * time. All of them together are one page of a query.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const QUOTA_SHARDS = 64;

/** As there, on one channel: only part of those who connect come to the same one at the same time. */
const COUNT_SHARDS = 16;

/** A partition takes 1,000 writes a second, and what is written here is that a channel becomes occupied or vacated. */
const OCCUPIED_LISTS = 8;

/** The shard that counts a connection. */
export function quotaShardOf(connectionId: string): number {
  return shardOf(connectionId, QUOTA_SHARDS);
}

/** Always the same for the same text (FNV-1a, 32 bits). */
function shardOf(text: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % shards;
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
