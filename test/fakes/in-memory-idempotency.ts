import { expect } from 'vitest';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { IdempotencyStore } from '../../lambdas/ports/idempotency-store.ts';

type Beginning = Awaited<ReturnType<IdempotencyStore['begin']>>;

const KEPT_FOR_MILLISECONDS = 24 * 60 * 60 * 1_000;

export class InMemoryIdempotencyStore implements IdempotencyStore {
  readonly #clock: Clock;
  readonly #records = new Map<string, Beginning>();
  #seeds = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async begin(key: string, fingerprint: string): Promise<Beginning> {
    const at = this.#clock.now();
    const earlier = this.#records.get(key);
    if (earlier !== undefined && at - earlier.at < KEPT_FOR_MILLISECONDS) return earlier;
    this.#seeds += 1;
    const record = { fingerprint, at, seed: `seed-${this.#seeds}` };
    this.#records.set(key, record);
    return record;
  }

  assertBegun(...keys: string[]): void {
    expect([...this.#records.keys()]).toEqual(keys);
  }
}
