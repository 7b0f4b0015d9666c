import type { Clock } from '../../ports/clock.ts';
import { jitteredBackoff } from '../system/backoff.ts';

/**
 * A client that comes back is on a hundred channels, and every change of a subscription writes the connection's row: all but one
 * of them conflict. With the attempt that is under way when it ends, this fits into the 15 seconds of a function.
 */
const PATIENCE_IN_MILLISECONDS = 8_000;
const BACKOFF_BASE_IN_MILLISECONDS = 20;
const BACKOFF_CEILING_IN_MILLISECONDS = 500;

/** Epoch milliseconds after which whoever begins now makes no other attempt. */
export function deadlineOf(clock: Clock): number {
  return clock.now() + PATIENCE_IN_MILLISECONDS;
}

/**
 * Writes, and writes again after a pause while the failure is one that passes; throws the last one when the next attempt would begin
 * after the deadline: eight seconds after the first, when it is left out. What is written in several steps has one for all of them.
 */
export async function writePatiently<Answer>(
  clock: Clock,
  isPassing: (failure: unknown) => boolean,
  write: () => Promise<Answer>,
  deadline = deadlineOf(clock),
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (failure) {
      const wait = jitteredBackoff(attempt, BACKOFF_BASE_IN_MILLISECONDS, BACKOFF_CEILING_IN_MILLISECONDS);
      if (!isPassing(failure) || clock.now() + wait > deadline) {
        throw failure;
      }
      await clock.sleep(wait);
    }
  }
}
