import { expect } from 'vitest';
import type { Allowance, AllowanceOutcome } from '../../lambdas/ports/allowance.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';

export class InMemoryAllowance implements Allowance {
  /** What every call throws, when it is set. */
  failure: Error | undefined;
  readonly #clock: Clock;
  /** By name and second. */
  readonly #taken = new Map<string, number>();
  readonly #names: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async take(name: string, most: number): Promise<AllowanceOutcome> {
    if (this.failure !== undefined) throw this.failure;
    const row = JSON.stringify([name, Math.floor(this.#clock.now() / 1_000)]);
    const taken = this.#taken.get(row) ?? 0;
    if (taken >= most) return { outcome: 'exhausted', retryAfterInSeconds: 1 };
    this.#taken.set(row, taken + 1);
    this.#names.push(name);
    return { outcome: 'taken' };
  }

  /** What was taken, in order. */
  assertTaken(...names: string[]): void {
    expect(this.#names).toEqual(names);
  }
}
