import type { Allowance, AllowanceOutcome } from '../../ports/allowance.ts';
import { takeFromSecond } from './allowance-row.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { nowInSeconds } from './row-lifetime.ts';

/** Of the allowance of a second: what one environment takes at a time at most. */
const LARGEST_SHARE = 1 / 20;

/** What this environment has of one second. */
interface Lease {
  readonly second: number;
  /** Taken from the row and not used yet. */
  left: number;
  used: number;
  /** All of the second is taken, by whomever. */
  exhausted: boolean;
  renewal?: Promise<void> | undefined;
}

/**
 * For a name that everybody takes from, such as the HTTP API: a write for each would make one hot row. An environment takes as many
 * as it has used in that second so far, at least one and at most a twentieth of all, and gives them out without a write. Never more
 * than `most` a second over all environments; what one has taken and does not use is lost to the others, and is never more
 * than it has used.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html (1000 writes a second)
 */
export class LeasedAllowance implements Allowance {
  readonly #rows: ConnectionsTable;
  readonly #leases = new Map<string, Lease>();

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async take(name: string, most: number): Promise<AllowanceOutcome> {
    const lease = this.#leaseOf(name);
    while (lease.left === 0) {
      if (lease.exhausted) return { outcome: 'exhausted', retryAfterInSeconds: 1 };
      // Whoever asks meanwhile waits for the same write.
      lease.renewal ??= this.#renew(name, most, lease);
      await lease.renewal;
    }
    lease.left -= 1;
    lease.used += 1;
    return { outcome: 'taken' };
  }

  #leaseOf(name: string): Lease {
    const second = nowInSeconds(this.#rows.clock);
    const known = this.#leases.get(name);
    if (known?.second === second) return known;
    const lease = { second, left: 0, used: 0, exhausted: false };
    this.#leases.set(name, lease);
    return lease;
  }

  async #renew(name: string, most: number, lease: Lease): Promise<void> {
    try {
      let wanted = Math.min(Math.max(1, lease.used), Math.max(1, Math.ceil(most * LARGEST_SHARE)));
      for (;;) {
        const answer = await takeFromSecond(this.#rows, { name, second: lease.second, wanted, most });
        if (answer.taken) {
          lease.left = wanted;
          return;
        }
        // Each refusal means that others have taken some in between: it ends when there are none.
        if (answer.left === 0) {
          lease.exhausted = true;
          return;
        }
        wanted = Math.min(wanted, answer.left);
      }
    } finally {
      lease.renewal = undefined;
    }
  }
}
