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

/** A write whose condition was not met: its index, and the row it met, when it asked for that and there was one. */
export interface Refusal {
  readonly write: number;
  /** With `ReturnValuesOnConditionCheckFailure`. */
  readonly existing?: Item;
}

/** `refused`: nothing was written. It tells of the first write that was refused, and `refusals` of all of them. */
export type TransactionOutcome =
  | { readonly kind: 'done' }
  | ({ readonly kind: 'refused'; readonly refusals: readonly Refusal[] } & Refusal);

/** Reasons that say nothing about the rows, only that others were writing at the same time. */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/**
 * All writes or none. The SDK does not repeat a cancelled transaction, whatever cancelled it, so conflicts with
 * transactions running at the same time are repeated here; an unmet condition is an answer and is not. `deadline` (epoch milliseconds): that
 * of the steps of which it is one.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function writeTransaction(
  client: DynamoDBClient,
  clock: Clock,
  writes: readonly TransactWriteItem[],
  deadline?: number,
): Promise<TransactionOutcome> {
  const write = async (): Promise<TransactionOutcome> => {
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
  };
  return await writePatiently(clock, isPassing, write, deadline);
}

function refusalIn(error: unknown): TransactionOutcome | undefined {
  if (!(error instanceof TransactionCanceledException)) {
    return undefined;
  }
  const refusals = (error.CancellationReasons ?? []).flatMap(({ Code, Item }, write): Refusal[] => {
    if (Code !== 'ConditionalCheckFailed') return [];
    return [Item === undefined ? { write } : { write, existing: Item }];
  });
  const [first] = refusals;
  return first === undefined ? undefined : { kind: 'refused', refusals, ...first };
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
