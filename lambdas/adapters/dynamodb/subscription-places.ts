import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { SubscriptionPlace } from '../../ports/subscription-store.ts';
import { type Recent, recent } from '../../protocol/recent.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { channelShardOf, channelShardsOf, shardsKey, subscriptionKey } from './keys.ts';
import { type Item, readAll } from './paging.ts';
import { readRow } from './row-read.ts';
import { readSpread, type Spread } from './shards-row.ts';

/** How long an environment goes by what it has seen last. What it writes meanwhile is read all the same. */
const REMEMBERED_FOR_IN_MILLISECONDS = 10_000;
const REMEMBERED_CHANNELS = 10_000;

/** Over how many shards channels are spread, as an environment has seen it last. */
export type RememberedShards = Recent<{ readonly shards: number; readonly until: number }>;

export function rememberedShards(): RememberedShards {
  return recent(REMEMBERED_CHANNELS);
}

/** What subscriptions are found and written with. */
export interface SubscriptionsTable extends ConnectionsTable {
  readonly remembered: RememberedShards;
}

/** Whose subscription to what. */
export type Subject = Pick<SubscriptionPlace, 'connectionId' | 'channel'>;

/** A subscription and the place where it was found. */
export interface FoundSubscription {
  readonly place: SubscriptionPlace;
  readonly row: Item;
}

/**
 * Where a new subscription is put. The number of shards may be an old one: readers look into every shard that there is or was, so that it
 * need not be read consistently.
 */
export async function newPlace(tables: SubscriptionsTable, subject: Subject): Promise<SubscriptionPlace> {
  const { client, table } = tables;
  const { channel } = subject;
  const known = rememberedOf(tables, channel);
  if (known !== undefined) return placeBy(known, subject);
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: shardsKey(channel) }));
  return placeBy(note(tables, channel, Item).shards, subject);
}

/** Where a subscription most likely is, for whom a read would cost more than to be wrong: nearly all channels have one shard. */
export function likelyPlace(tables: SubscriptionsTable, subject: Subject): SubscriptionPlace {
  return placeBy(rememberedOf(tables, subject.channel) ?? 1, subject);
}

/** The subscription, wherever it is; strongly consistent. Undefined when there is none. */
export async function findSubscription(
  tables: SubscriptionsTable,
  subject: Subject,
): Promise<FoundSubscription | undefined> {
  const place = likelyPlace(tables, subject);
  const row = await readRow(tables.client, tables.table, subscriptionKey(place));
  return row === undefined ? await findElsewhere(tables, place) : { place, row };
}

/** The subscription where it is not in this place; strongly consistent. Of a channel that has always had one shard there is none. */
export async function findElsewhere(
  tables: SubscriptionsTable,
  tried: SubscriptionPlace,
): Promise<FoundSubscription | undefined> {
  const { client, clock, table } = tables;
  const { connectionId, channel } = tried;
  const { toSearch } = note(tables, channel, await readRow(client, table, shardsKey(channel)));
  const places = channelShardsOf(connectionId, toSearch)
    .filter((shard) => shard !== tried.shard)
    .map((shard) => ({ connectionId, channel, shard }));
  if (places.length === 0) return undefined;
  const [row] = await readAll(client, clock, table, places.map(subscriptionKey));
  const place = places.find((candidate) => subscriptionKey(candidate).pk.S === row?.pk?.S);
  return row === undefined || place === undefined ? undefined : { place, row };
}

function placeBy(shards: number, { connectionId, channel }: Subject): SubscriptionPlace {
  return { connectionId, channel, shard: channelShardOf(connectionId, shards) };
}

function rememberedOf({ clock, remembered }: SubscriptionsTable, channel: string): number | undefined {
  const known = remembered.get(channel);
  return known !== undefined && known.until > clock.now() ? known.shards : undefined;
}

function note({ clock, remembered }: SubscriptionsTable, channel: string, row: Item | undefined): Spread {
  const now = clock.now();
  const spread = readSpread(row, Math.floor(now / 1_000));
  remembered.set(channel, { shards: spread.shards, until: now + REMEMBERED_FOR_IN_MILLISECONDS });
  return spread;
}
