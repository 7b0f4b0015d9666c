import {
  type DynamoDBClient,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { Item } from './paging.ts';
import { writePatiently } from './patient-write.ts';

/**
 * `refused`: the condition of a write was not met, nothing was written. `write` is the index of that write and
 * `existing` the row it met, when the write asked for it (`ReturnValuesOnConditionCheckFailure`) and there was one.
 */
export type TransactionOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly write: number; readonly existing?: Item };

/** Reasons that say nothing about the rows, only that others were writing at the same time. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * All writes or none. The SDK does not repeat a cancelled transaction, whatever cancelled it, so conflicts with
 * transactions running at the same time are repeated here; an unmet condition is an answer and is not.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function writeTransaction(
  client: DynamoDBClient,
  clock: Clock,
  writes: readonly TransactWriteItem[],
): Promise<TransactionOutcome> {
  return await writePatiently(clock, isPassing, async () => {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: [...writes] }));
      return { kind: 'done' };
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal !== undefined) {
        return refusal;
      }
      throw error;
    }
  });
}

function refusalIn(error: unknown): TransactionOutcome | undefined {
  if (!(error instanceof TransactionCanceledException)) {
    return undefined;
  }
  const reasons = error.CancellationReasons ?? [];
  const write = reasons.findIndex((reason) => reason.Code === 'ConditionalCheckFailed');
  if (write < 0) {
    return undefined;
  }
  const existing = reasons[write]?.Item;
  return existing === undefined ? { kind: 'refused', write } : { kind: 'refused', write, existing };
}

function isPassing(error: unknown): boolean {
  if (error instanceof TransactionInProgressException) {
    return true;
  }
  if (!(error instanceof TransactionCanceledException)) {
    return false;
  }
  const codes = (error.CancellationReasons ?? [])
    .flatMap(({ Code }) => Code ?? [])
    .filter((code) => code !== 'None');
  return codes.length > 0 && codes.every((code) => PASSING_REASONS.has(code));
}
