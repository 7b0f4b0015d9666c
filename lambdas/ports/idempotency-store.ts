/**
 * Remembers requests by the key that their caller gave them, so that a repeated one writes the very rows of the first: nothing new.
 */
export interface IdempotencyStore {
  /**
   * The record of that key: this request's when it is the first, the earlier one's when there is one. `fingerprint` tells whether
   * both asked for the same. `at` (epoch milliseconds) and `seed` are what the rows' ids and times are made of.
   */
  begin(
    key: string,
    fingerprint: string,
  ): Promise<{ readonly fingerprint: string; readonly at: number; readonly seed: string }>;
}
