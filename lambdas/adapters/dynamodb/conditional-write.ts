import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { writeItem } from './item-write.ts';
import type { Item } from './paging.ts';

/**
 * `refused`: the condition was not met, nothing was written. `existing` is the row it met, when the write asked for it
 * (`ReturnValuesOnConditionCheckFailure`) and there was one.
 */
export type ConditionalOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly existing?: Item };

/** A write of one item with a condition, whose refusal is an answer and no error. `send` sends the command, anew each time. */
export async function writeConditionally(
  clock: Clock,
  send: () => Promise<unknown>,
): Promise<ConditionalOutcome> {
  try {
    await writeItem(clock, send);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item === undefined ? { kind: 'refused' } : { kind: 'refused', existing: error.Item };
  }
}
