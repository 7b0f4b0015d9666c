import type { Clock } from '../../ports/clock.ts';
import { deadlineOf, writePatiently } from './patient-write.ts';

/** A row is no longer as it was read: nothing was written. */
export class ChangedRowError extends Error {
  override readonly name = 'ChangedRowError';

  /** `rows`: whose they are, in plain words. */
  constructor(rows: string) {
    super(
      `The rows of ${rows} kept changing between being read and being written; they were expected to hold still for a ` +
        'moment. The caller has to try again later.',
    );
  }
}

/**
 * Reads and writes, and both again while it ends with {@link ChangedRowError}; up to eight seconds, or until `deadline` (epoch milliseconds)
 * when it is a step of something. The attempt is given that time: its own writes are not tried again after it either.
 */
export async function readAndWrite<Answer>(
  clock: Clock,
  attempt: (deadline: number) => Promise<Answer>,
  deadline = deadlineOf(clock),
): Promise<Answer> {
  return await writePatiently(
    clock,
    (failure) => failure instanceof ChangedRowError,
    () => attempt(deadline),
    deadline,
  );
}
