import type { Clock } from '../../ports/clock.ts';
import { writePatiently } from './patient-write.ts';

/** A row is no longer as it was read: nothing was written. */
export class ChangedRowError extends Error {
  override readonly name = 'ChangedRowError';

  /** `rows`: whose they are, in plain words. */
  constructor(rows: string) {
    super(
      `The rows of ${rows} kept changing between being read and being written; they were expected to hold still within eight ` +
        'seconds. The caller has to try again later.',
    );
  }
}

/** Reads and writes, and both again while it ends with {@link ChangedRowError}; up to eight seconds. */
export async function readAndWrite<Answer>(clock: Clock, attempt: () => Promise<Answer>): Promise<Answer> {
  return await writePatiently(clock, (failure) => failure instanceof ChangedRowError, attempt);
}
