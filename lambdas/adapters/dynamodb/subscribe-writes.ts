import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { SubscribeRequest, SubscriptionPlace } from '../../ports/subscription-store.ts';
import { entryItem } from './entry-row.ts';
import { channelShardsOf, connectionKey, MOST_CHANNEL_SHARDS, subscriptionKey, userKey } from './keys.ts';
import type { SubscriptionsTable } from './subscription-places.ts';

export interface SubscribeTables extends SubscriptionsTable {
  /** Name of the Notifications table. */
  readonly notificationsTable: string | undefined;
  readonly maxChannels: number;
  /** A ULID for that time (epoch milliseconds), after all that it gave before. */
  readonly nextId: (now: number) => string;
}

/**
 * The row of the connection is what keeps it from having two subscriptions on one channel, in two shards, when it asks twice and is told
 * different numbers of them. `isOnAlready`: it may be on the channel by what this row says; `now`: epoch milliseconds.
 */
export function joinConnection(
  { table, maxChannels }: SubscribeTables,
  { connectionId, channel, member }: SubscribeRequest,
  { now, isOnAlready }: { readonly now: number; readonly isOnAlready: boolean },
): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: connectionKey(connectionId),
      UpdateExpression: member === undefined ? 'ADD channels :added' : 'ADD channels :added, #users :user',
      ConditionExpression:
        'attribute_exists(pk) AND attribute_not_exists(refusal) AND expiresAt > :now AND ' +
        (isOnAlready
          ? '(attribute_not_exists(channels) OR size(channels) < :most OR contains(channels, :channel))'
          : '(attribute_not_exists(channels) OR size(channels) < :most) AND NOT contains(channels, :channel)'),
      ...(member !== undefined && { ExpressionAttributeNames: { '#users': 'users' } }),
      ExpressionAttributeValues: {
        ':added': { SS: [channel] },
        ':channel': { S: channel },
        ':most': { N: String(maxChannels) },
        ':now': { N: String(Math.floor(now / 1_000)) },
        ...(member !== undefined && { ':user': { SS: [member.userId] } }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** Whoever terminates the connections of a user finds this one. */
export function claim(
  { table }: SubscribeTables,
  { connectionId, expiresAt }: SubscribeRequest,
  userId: string,
): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: { ...userKey(userId, connectionId), expiresAt: { N: String(expiresAt) } },
    },
  };
}

export function enterJoined(
  { clock, notificationsTable }: SubscribeTables,
  { connectionId, channel, member }: SubscribeRequest,
  entry: { readonly id: string; readonly fresh: boolean; readonly newMember: boolean },
): TransactWriteItem {
  if (notificationsTable === undefined) {
    throw new Error(
      `Success on channel ${channel} is told by an entry of the Notifications table, whose name the subscription store was not ` +
        'given; give it as notificationsTable.',
    );
  }
  const joined = { kind: 'joined' as const, channel, connectionId, ...entry };
  return {
    Put: {
      TableName: notificationsTable,
      Item: entryItem(member === undefined ? joined : { ...joined, member }, clock.now()),
    },
  };
}

/** That there is no subscription of a connection in any other shard where there may be one. */
export function isNowhereElse(
  { table }: SubscribeTables,
  { connectionId, channel, shard }: SubscriptionPlace,
): TransactWriteItem[] {
  return channelShardsOf(connectionId, MOST_CHANNEL_SHARDS)
    .filter((other) => other !== shard)
    .map((other) => ({
      ConditionCheck: {
        TableName: table,
        Key: subscriptionKey({ connectionId, channel, shard: other }),
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    }));
}
