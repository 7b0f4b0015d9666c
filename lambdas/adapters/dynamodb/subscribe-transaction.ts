import type {
  SubscribeOutcome,
  SubscribeRequest,
  SubscriptionPlace,
} from '../../ports/subscription-store.ts';
import { ChangedRowError, readAndWrite } from './changed-row.ts';
import { memberKey, subscriptionKey } from './keys.ts';
import { leaveChannel } from './leave-transaction.ts';
import { anotherConnection, newMember } from './member-row.ts';
import { countChange } from './occupancy-row.ts';
import type { Item } from './paging.ts';
import { nowInSeconds } from './row-lifetime.ts';
import { numberOf, readRow } from './row-read.ts';
import {
  claim,
  enterJoined,
  isNowhereElse,
  joinConnection,
  type SubscribeTables,
} from './subscribe-writes.ts';
import { type FoundSubscription, findSubscription, newPlace } from './subscription-places.ts';
import { expiresAtOf, subscriptionRow } from './subscription-row.ts';
import { type Refusal, type TransactionOutcome, writeTransaction } from './transaction.ts';

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
    const place = await newPlace(tables, request);
    const fresh = await subscribeFresh(tables, request, { place, deadline });
    const connection = refusedWrite(fresh, CONNECTION);
    const row = refusedWrite(fresh, SUBSCRIPTION)?.existing;
    if (connection !== undefined && !isOn(tables, request, connection))
      return answerTo(fresh, tables, request);
    if (row !== undefined) return await subscribeFound(tables, request, { place, row }, deadline);
    if (connection === undefined) return answerTo(fresh, tables, request);

    // On the channel by what its own row says: by a subscription made when there were other shards, or by one that is lost.
    const found = await findSubscription(tables, request);
    return found === undefined
      ? answerTo(await subscribeFresh(tables, request, { place, deadline, isLost: true }), tables, request)
      : await subscribeFound(tables, request, found, deadline);
  };
  return await readAndWrite(tables.clock, attempt, deadline);
}

/** Of a connection that is on the channel: where it is it stays, unless it comes as somebody else. */
async function subscribeFound(
  tables: SubscribeTables,
  request: SubscribeRequest,
  found: FoundSubscription,
  deadline: number,
): Promise<SubscribeOutcome> {
  if (found.row.userId?.S === request.member?.userId) {
    return answerTo(await subscribeAgain(tables, request, found, deadline), tables, request);
  }
  await leaveChannel(tables, request, { found, deadline });
  const place = await newPlace(tables, request);
  return answerTo(await subscribeFresh(tables, request, { place, deadline }), tables, request);
}

/** `isLost`: the row of the connection says that it is on the channel, and there is no subscription. */
async function subscribeFresh(
  tables: SubscribeTables,
  request: SubscribeRequest,
  { place, deadline, isLost = false }: { place: SubscriptionPlace; deadline: number; isLost?: boolean },
): Promise<TransactionOutcome> {
  const { client, clock, table } = tables;
  const { connectionId, channel, expiresAt: until, askedAt, member, inOrder } = request;
  const now = clock.now();
  const joinId = tables.nextId(now);
  const isNew =
    member !== undefined &&
    (await readRow(tables.client, tables.table, memberKey(channel, member.userId))) === undefined;
  const subscription = subscriptionRow({
    place,
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
      joinConnection(tables, request, { now, isOnAlready: isLost }),
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
      ...(isLost ? isNowhereElse(tables, place) : []),
    ],
    deadline,
  );
}

/** Of one that is there, whether its time has come or not: what is counted stays as it is. */
async function subscribeAgain(
  tables: SubscribeTables,
  request: SubscribeRequest,
  { place, row }: FoundSubscription,
  deadline: number,
): Promise<TransactionOutcome> {
  const { client, clock, table } = tables;
  const { expiresAt: until, member, inOrder } = request;
  const now = clock.now();
  const joinId = tables.nextId(now);
  // What was asked for first may be handled last; leaving goes by the latest.
  const askedAt = Math.max(request.askedAt, numberOf(row.askedAt));
  return await writeTransaction(
    client,
    clock,
    [
      joinConnection(tables, request, { now, isOnAlready: true }),
      {
        Update: {
          TableName: table,
          Key: subscriptionKey(place),
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
  tables: SubscribeTables,
  request: SubscribeRequest,
): SubscribeOutcome {
  if (outcome.kind === 'done') return 'subscribed';
  const refused = refusedWrite(outcome, CONNECTION);
  if (refused === undefined || isOn(tables, request, refused)) {
    throw new ChangedRowError(`connection ${request.connectionId} on channel ${request.channel}`);
  }
  return mayAct(tables, refused.existing) ? 'too-many-channels' : 'gone';
}

function refusedWrite(outcome: TransactionOutcome, write: number): Refusal | undefined {
  return outcome.kind === 'done' ? undefined : outcome.refusals.find((refusal) => refusal.write === write);
}

/** Whether a connection was refused because it is on the channel. */
function isOn(tables: SubscribeTables, { channel }: SubscribeRequest, { existing }: Refusal): boolean {
  return mayAct(tables, existing) && (existing?.channels?.SS?.includes(channel) ?? false);
}

function mayAct({ clock }: SubscribeTables, connection: Item | undefined): boolean {
  return (
    connection !== undefined &&
    connection.refusal === undefined &&
    numberOf(connection.expiresAt) > nowInSeconds(clock)
  );
}
