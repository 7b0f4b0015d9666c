import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { SubscribeOutcome, SubscribeRequest } from '../../ports/subscription-store.ts';
import { ChangedRowError, readAndWrite } from './changed-row.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { entryItem } from './entry-row.ts';
import { connectionKey, memberKey, subscriptionKey, userKey } from './keys.ts';
import { leaveChannel } from './leave-transaction.ts';
import { anotherConnection, newMember } from './member-row.ts';
import { countChange } from './occupancy-row.ts';
import type { Item } from './paging.ts';
import { numberOf, readRow } from './row-read.ts';
import { expiresAtOf, subscriptionRow } from './subscription-row.ts';
import { type TransactionOutcome, writeTransaction } from './transaction.ts';

export interface SubscribeTables extends ConnectionsTable {
  /** Name of the Notifications table. */
  readonly notificationsTable: string | undefined;
  readonly maxChannels: number;
  /** A ULID for that time (epoch milliseconds), after all that it gave before. */
  readonly nextId: (now: number) => string;
}

/**
 * How long a subscription is tried: the hundredth of those that a client asks for at once waits for all before it, and pusher-js does
 * not ask again. With what is under way when it ends, this fits into the 28 seconds of the function.
 */
const PATIENCE_IN_MILLISECONDS = 18_000;

/** Where the writes stand whose refusal is an answer. */
const CONNECTION = 0;
const SUBSCRIPTION = 1;

/** The verb `subscribe` of {@link file://../../ports/subscription-store.ts}. */
export async function subscribeToChannel(
  tables: SubscribeTables,
  request: SubscribeRequest,
): Promise<SubscribeOutcome> {
  const deadline = tables.clock.now() + PATIENCE_IN_MILLISECONDS;
  const attempt = async (): Promise<SubscribeOutcome> => {
    const outcome = await subscribeFresh(tables, request, deadline);
    const subscription = refusedWrite(outcome, SUBSCRIPTION)?.existing;
    if (subscription === undefined || refusedWrite(outcome, CONNECTION) !== undefined) {
      return answerTo(outcome, tables, request);
    }
    if (subscription.userId?.S !== request.member?.userId) {
      await leaveChannel(tables, request, { deadline });
      return answerTo(await subscribeFresh(tables, request, deadline), tables, request);
    }
    return answerTo(await subscribeAgain(tables, request, subscription, deadline), tables, request);
  };
  return await readAndWrite(tables.clock, attempt, deadline);
}

async function subscribeFresh(
  tables: SubscribeTables,
  request: SubscribeRequest,
  deadline: number,
): Promise<TransactionOutcome> {
  const { client, clock, table } = tables;
  const { connectionId, channel, expiresAt: until, askedAt, member, inOrder } = request;
  const now = clock.now();
  const joinId = tables.nextId(now);
  const isNew =
    member !== undefined &&
    (await readRow(tables.client, tables.table, memberKey(channel, member.userId))) === undefined;
  const subscription = subscriptionRow({
    connectionId,
    channel,
    until,
    since: Math.floor(now / 1_000),
    askedAt,
    userId: member?.userId,
    joining: inOrder ? joinId : undefined,
  });
  return await writeTransaction(
    client,
    clock,
    [
      joinConnection(tables, request, now),
      {
        Put: {
          TableName: table,
          Item: subscription,
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      countChange({ table, channel, counted: 'subscriptions', id: connectionId, by: 1, now }),
      ...(member === undefined ? [] : [claim(tables, request, member.userId)]),
      ...(member === undefined || isNew ? [] : [anotherConnection({ table, channel }, member, until)]),
      ...(member !== undefined && isNew
        ? [
            newMember({ table, channel }, member, { until, joinId }),
            countChange({ table, channel, counted: 'members', id: member.userId, by: 1, now }),
          ]
        : []),
      ...(inOrder ? [enterJoined(tables, request, { id: joinId, fresh: true, newMember: isNew })] : []),
    ],
    deadline,
  );
}

/** Of one that is there, whether its time has come or not: what is counted stays as it is. */
async function subscribeAgain(
  tables: SubscribeTables,
  request: SubscribeRequest,
  subscription: Item,
  deadline: number,
): Promise<TransactionOutcome> {
  const { client, clock, table } = tables;
  const { connectionId, channel, expiresAt: until, member, inOrder } = request;
  const now = clock.now();
  const joinId = tables.nextId(now);
  // What was asked for first may be handled last; leaving goes by the latest.
  const askedAt = Math.max(request.askedAt, numberOf(subscription.askedAt));
  return await writeTransaction(
    client,
    clock,
    [
      joinConnection(tables, request, now),
      {
        Update: {
          TableName: table,
          Key: subscriptionKey(channel, connectionId),
          UpdateExpression: `SET #until = :until, expiresAt = :expiresAt, askedAt = :askedAt${
            inOrder ? ', askedAgain = :entry' : ''
          }`,
          ConditionExpression: `askedAt <= :askedAt AND ${
            member === undefined ? 'attribute_not_exists(userId)' : 'userId = :userId'
          }`,
          ExpressionAttributeNames: { '#until': 'until' },
          ExpressionAttributeValues: {
            ':until': { N: String(until) },
            ':expiresAt': { N: expiresAtOf(until) },
            ':askedAt': { N: String(askedAt) },
            ...(member !== undefined && { ':userId': { S: member.userId } }),
            ...(inOrder && { ':entry': { S: joinId } }),
          },
        },
      },
      ...(inOrder ? [enterJoined(tables, request, { id: joinId, fresh: false, newMember: false })] : []),
    ],
    deadline,
  );
}

function answerTo(
  outcome: TransactionOutcome,
  { clock }: SubscribeTables,
  request: SubscribeRequest,
): SubscribeOutcome {
  if (outcome.kind === 'done') return 'subscribed';
  const refused = refusedWrite(outcome, CONNECTION);
  if (refused === undefined) throw changed(request);
  return refused.existing !== undefined && mayAct(refused.existing, Math.floor(clock.now() / 1_000))
    ? 'too-many-channels'
    : 'gone';
}

function refusedWrite(outcome: TransactionOutcome, write: number) {
  return outcome.kind === 'done' ? undefined : outcome.refusals.find((refusal) => refusal.write === write);
}

function mayAct(connection: Item, now: number): boolean {
  return connection.refusal === undefined && numberOf(connection.expiresAt) > now;
}

function changed({ connectionId, channel }: SubscribeRequest): ChangedRowError {
  return new ChangedRowError(`connection ${connectionId} on channel ${channel}`);
}

function joinConnection(
  { table, maxChannels }: SubscribeTables,
  { connectionId, channel, member }: SubscribeRequest,
  now: number,
): TransactWriteItem {
  return {
    Update: {
      TableName: table,
      Key: connectionKey(connectionId),
      UpdateExpression: member === undefined ? 'ADD channels :added' : 'ADD channels :added, #users :user',
      ConditionExpression:
        'attribute_exists(pk) AND attribute_not_exists(refusal) AND expiresAt > :now AND ' +
        '(attribute_not_exists(channels) OR size(channels) < :most OR contains(channels, :channel))',
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
function claim(
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

function enterJoined(
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
