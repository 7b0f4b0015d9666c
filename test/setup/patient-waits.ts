import { vi } from 'vitest';
import { PATIENCE_IN_MILLISECONDS } from './patience.ts';

/** `expect.poll` has its patience from the configuration; `vi.waitFor` has no setting, and would give up after a second. */
const { waitFor } = vi;
vi.waitFor = (condition, options = {}) =>
  waitFor(
    condition,
    typeof options === 'number' ? options : { timeout: PATIENCE_IN_MILLISECONDS, ...options },
  );
