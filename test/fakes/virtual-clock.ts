import type { Clock } from '../../lambdas/ports/clock.ts';

/**
 * Time that passes only when everybody waits for it: as soon as nothing else is left to do, the earliest sleeper wakes, at its
 * time. Hours take no time, and sleeps side by side overlap as they would.
 */
export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(startInMilliseconds = 1_764_000_000_000) {
    this.#now = startInMilliseconds;
  }

  /** Whole milliseconds, as of any clock; sleeps may be longer by a fraction. */
  now(): number {
    return Math.floor(this.#now);
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ at: this.#now + milliseconds, wake });
      setImmediate(() => this.#wakeNext());
    });
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  #wakeNext(): void {
    this.#sleepers.sort((one, other) => one.at - other.at);
    const next = this.#sleepers.shift();
    if (next === undefined) return;
    this.#now = Math.max(this.#now, next.at);
    next.wake();
  }
}
