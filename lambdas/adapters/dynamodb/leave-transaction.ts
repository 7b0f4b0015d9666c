import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { SubscriptionPlace } from '../../ports/subscription-store.ts';
import { channelOf } from '../../protocol/channel.ts';
import { ChangedRowError, readAndWrite } from './changed-row.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { connectionKey, memberKey, subscriptionKey } from './keys.ts';
import { oneConnectionLess } from './member-row.ts';
import { countChange } from './occupancy-row.ts';
import { numberOf, readRow } from './row-read.ts';
import {
  type FoundSubscription,
  findElsewhere,
  findSubscription,
  likelyPlace,
  type Subject,
  type SubscriptionsTable,
} from './subscription-places.ts';
import { writeTransaction } from './transaction.ts';

/** Without a transaction of more than some ten rows, which the more others it meets the longer it takes. */
const CHANNELS_A_TRANSACTION = 10;
const TRANSACTIONS_AT_ONCE = 8;

/** Where the write stands whose refusal says that somebody else has changed the subscription. */
const SUBSCRIPTION = 0;

/**
 * Takes a connection off a channel with all that it counts there. Not subscribed: nothing. `before` (epoch milliseconds): a subscription
 * that was asked for then or later stays. `gone`: the connection's row is known not to be there. `found`: the subscription, when
 * it has been read.
 */
export async function leaveChannel(
  tables: SubscriptionsTable,
  leave: Subject,
  options: {
    readonly before?: number;
    readonly gone?: boolean;
    readonly found?: FoundSubscription;
    readonly deadline?: number;
  } = {},
): Promise<void> {
  const { before, gone = false } = options;
  let found = options.found ?? (await presumed(tables, leave));
  let connectionIsThere = !gone;
  const leaving = (): FoundSubscription | undefined =>
    before !== undefined && numberOf(found?.row.askedAt) >= before ? undefined : found;

  const leaveOnce = async (deadline: number): Promise<void> => {
    const subscription = leaving();
    if (subscription === undefined) return;
    const { place, row } = subscription;
    const userId = row.userId?.S;
    const writes = leaveWrites(tables, place, { userId, before });
    if (userId !== undefined) writes.push(...(await memberWrites(tables, leave.channel, userId)));
    const connection = writes.length;
    if (connectionIsThere) writes.push(forgetChannel(tables, leave));

    const outcome = await writeTransaction(tables.client, tables.clock, writes, deadline);
    if (outcome.kind === 'done') return;
    for (const { write, existing } of outcome.refusals) {
      if (write === connection) connectionIsThere = false;
      if (write !== SUBSCRIPTION) continue;
      found = existing === undefined ? await findElsewhere(tables, place) : { place, row: existing };
    }
    if (leaving() !== undefined) {
      throw new ChangedRowError(`connection ${leave.connectionId} on channel ${leave.channel}`);
    }
  };
  await readAndWrite(tables.clock, leaveOnce, options.deadline);
}

/** Without members nothing needs to be known of a subscription but where it is, and when that is wrong the condition tells. */
async function presumed(tables: SubscriptionsTable, leave: Subject): Promise<FoundSubscription | undefined> {
  return channelOf(leave.channel).kind.hasMembers
    ? await findSubscription(tables, leave)
    : { place: likelyPlace(tables, leave), row: {} };
}

/** Takes a connection whose row is gone off all these channels. Idempotent. */
export async function leaveChannels(
  tables: SubscriptionsTable,
  connectionId: string,
  channels: readonly string[],
): Promise<void> {
  const withMembers = channels.filter((channel) => channelOf(channel).kind.hasMembers);
  const plain = channels.filter((channel) => !channelOf(channel).kind.hasMembers);
  const steps = withMembers.map(
    (channel) => () => leaveChannel(tables, { connectionId, channel }, { gone: true }),
  );
  for (let start = 0; start < plain.length; start += CHANNELS_A_TRANSACTION) {
    const group = plain.slice(start, start + CHANNELS_A_TRANSACTION);
    steps.push(() => leaveTogether(tables, connectionId, group));
  }
  for (let start = 0; start < steps.length; start += TRANSACTIONS_AT_ONCE) {
    const settled = await Promise.allSettled(
      steps.slice(start, start + TRANSACTIONS_AT_ONCE).map((step) => step()),
    );
    const failed = settled.find((step) => step.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** Channels the connection has left already drop out, all in one round; each round has fewer of them. */
async function leaveTogether(
  tables: SubscriptionsTable,
  connectionId: string,
  group: readonly string[],
): Promise<void> {
  let places = group.map((channel) => likelyPlace(tables, { connectionId, channel }));
  while (places.length > 0) {
    const outcome = await writeTransaction(
      tables.client,
      tables.clock,
      places.flatMap((place) => leaveWrites(tables, place, {})),
    );
    if (outcome.kind === 'done') return;
    const refused = new Set<SubscriptionPlace>();
    for (const { write, existing } of outcome.refusals) {
      const place = places[Math.floor(write / WRITES_OF_A_LEAVE)];
      if (place === undefined || refused.has(place)) continue;
      refused.add(place);
      // One with a member, against the rules of its name; or one in another shard.
      const found = existing === undefined ? await findElsewhere(tables, place) : { place, row: existing };
      if (found !== undefined) await leaveChannel(tables, place, { gone: true, found });
    }
    places = places.filter((place) => !refused.has(place));
  }
}

const WRITES_OF_A_LEAVE = 2;

function leaveWrites(
  { clock, table }: ConnectionsTable,
  place: SubscriptionPlace,
  expected: { readonly userId?: string | undefined; readonly before?: number | undefined },
): TransactWriteItem[] {
  const { channel, connectionId } = place;
  const { userId, before } = expected;
  const values = {
    ...(userId !== undefined && { ':userId': { S: userId } }),
    ...(before !== undefined && { ':before': { N: String(before) } }),
  };
  return [
    {
      Delete: {
        TableName: table,
        Key: subscriptionKey(place),
        ConditionExpression: [
          'attribute_exists(pk)',
          userId === undefined ? 'attribute_not_exists(userId)' : 'userId = :userId',
          ...(before === undefined ? [] : ['askedAt < :before']),
        ].join(' AND '),
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    countChange({ table, channel, counted: 'subscriptions', id: connectionId, by: -1, now: clock.now() }),
  ];
}

async function memberWrites(
  tables: ConnectionsTable,
  channel: string,
  userId: string,
): Promise<TransactWriteItem[]> {
  const row = await readRow(tables.client, tables.table, memberKey(channel, userId));
  const place = { table: tables.table, channel };
  const write = oneConnectionLess(place, userId, row, tables.clock.now());
  return write === undefined ? [] : [write];
}

function forgetChannel({ table }: ConnectionsTable, { connectionId, channel }: Subject): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: connectionKey(connectionId),
      UpdateExpression: 'DELETE channels :channel',
      // Without it the update would create the row of a connection that is gone.
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':channel': { SS: [channel] } },
    },
  };
}
