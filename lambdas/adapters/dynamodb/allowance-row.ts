import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { writeConditionally } from './conditional-write.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { allowanceKey } from './keys.ts';
import { numberOf } from './row-read.ts';

/** When the second is over nobody looks at its row again; clocks may differ by that much. */
const KEPT_FOR_SECONDS = 60;

/**
 * Takes `wanted` of the `most` of a second (epoch seconds), all or none; then `left` says how many there were to take.
 */
export async function takeFromSecond(
  { client, clock, table }: ConnectionsTable,
  request: { readonly name: string; readonly second: number; readonly wanted: number; readonly most: number },
): Promise<{ readonly taken: true } | { readonly taken: false; readonly left: number }> {
  const { name, second, wanted, most } = request;
  // A row that is not there yet would pass any condition.
  if (wanted > most) return { taken: false, left: Math.max(0, most) };
  const outcome = await writeConditionally(clock, () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: allowanceKey(name, second),
        UpdateExpression: 'ADD #count :wanted SET expiresAt = :expiresAt',
        ConditionExpression: 'attribute_not_exists(#count) OR #count <= :bound',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: {
          ':wanted': { N: String(wanted) },
          ':bound': { N: String(most - wanted) },
          ':expiresAt': { N: String(second + KEPT_FOR_SECONDS) },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (outcome.kind === 'done') return { taken: true };
  return { taken: false, left: Math.max(0, most - numberOf(outcome.existing?.count)) };
}
