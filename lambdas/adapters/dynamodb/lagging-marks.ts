import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SubscriptionPlace } from '../../ports/subscription-store.ts';
import { markOf } from '../../protocol/sequence-number.ts';
import { type ConditionalOutcome, writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { subscriptionKey } from './keys.ts';

/** False when there is no such subscription. */
export async function markLagging(
  table: ConnectionsTable,
  place: SubscriptionPlace,
  sequenceNumber: string,
): Promise<boolean> {
  const outcome = await updateMark(table, place, sequenceNumber, {
    UpdateExpression: 'SET lagging = :mark',
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(lagging) OR lagging < :mark)',
  });
  // Refused with a row: it waits for this one or a later one already.
  return outcome.kind === 'done' || outcome.existing !== undefined;
}

export async function clearLagging(
  table: ConnectionsTable,
  place: SubscriptionPlace,
  sequenceNumber: string,
): Promise<void> {
  await updateMark(table, place, sequenceNumber, {
    UpdateExpression: 'REMOVE lagging',
    ConditionExpression: 'lagging = :mark',
  });
}

async function updateMark(
  { client, clock, table }: ConnectionsTable,
  place: SubscriptionPlace,
  sequenceNumber: string,
  expressions: { readonly UpdateExpression: string; readonly ConditionExpression: string },
): Promise<ConditionalOutcome> {
  return await writeConditionally(clock, () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: subscriptionKey(place),
        ...expressions,
        ExpressionAttributeValues: { ':mark': { S: markOf(sequenceNumber) } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}
