import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { RowImage } from './connection-row.ts';
import { type Counted, countKey, countOfKey } from './keys.ts';
import { KEPT_FOR_SUBSCRIPTIONS_IN_SECONDS } from './row-lifetime.ts';

/**
 * Adds to or takes from a count of a channel. It has no condition: it is written together with what is counted, whose own condition lets
 * it happen once; one here could only keep somebody from leaving. `id`: of the connection or the user that is counted; `now`: epoch
 * milliseconds.
 */
export function countChange(change: {
  readonly table: string;
  readonly channel: string;
  readonly counted: Counted;
  readonly id: string;
  readonly by: 1 | -1;
  readonly now: number;
}): TransactWriteItem {
  const expiresAt = Math.floor(change.now / 1_000) + KEPT_FOR_SUBSCRIPTIONS_IN_SECONDS;
  return {
    Update: {
      TableName: change.table,
      Key: countKey(change.channel, change.counted, change.id),
      UpdateExpression: 'ADD #count :by SET expiresAt = :expiresAt',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':by': { N: String(change.by) }, ':expiresAt': { N: String(expiresAt) } },
    },
  };
}

/**
 * The channel whose number of subscriptions changed, as an image of the Connections stream tells, the old one of a removed row too;
 * undefined when it is of another row. `count`: what the row says, which is one of those that together are the number.
 */
export function readCountChange(
  image: RowImage,
): { readonly channel: string; readonly count: number } | undefined {
  const count = countOfKey(image.pk?.S ?? '', image.sk?.S ?? '');
  return count?.counted === 'subscriptions'
    ? { channel: count.channel, count: Number(image.count?.N ?? 0) }
    : undefined;
}
