import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { markOf } from '../../protocol/sequence-number.ts';
import { type ConditionalOutcome, writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { subscriptionKey } from './keys.ts';

/** A delivery to a connection on a channel, by the sequence number of what is delivered. */
export interface Owed {
  readonly connectionId: string;
  readonly channel: string;
  readonly sequenceNumber: string;
}

/** False when there is no such subscription. */
export async function markLagging(table: ConnectionsTable, owed: Owed): Promise<boolean> {
  const outcome = await updateMark(table, owed, {
    UpdateExpression: 'SET lagging = :mark',
    ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(lagging) OR lagging < :mark)',
  });
  // Refused with a row: it waits for this one or a later one already.
  return outcome.kind === 'done' || outcome.existing !== undefined;
}

export async function clearLagging(table: ConnectionsTable, owed: Owed): Promise<void> {
  await updateMark(table, owed, {
    UpdateExpression: 'REMOVE lagging',
    ConditionExpression: 'lagging = :mark',
  });
}

async function updateMark(
  { client, clock, table }: ConnectionsTable,
  { connectionId, channel, sequenceNumber }: Owed,
  expressions: { readonly UpdateExpression: string; readonly ConditionExpression: string },
): Promise<ConditionalOutcome> {
  return await writeConditionally(clock, () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: subscriptionKey(channel, connectionId),
        ...expressions,
        ExpressionAttributeValues: { ':mark': { S: markOf(sequenceNumber) } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}
