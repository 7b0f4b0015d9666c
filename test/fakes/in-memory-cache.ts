import { expect } from 'vitest';
import type { CacheStore } from '../../lambdas/ports/cache-store.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';

type KeptEvent = Parameters<CacheStore['keep']>[1];

export class InMemoryCacheStore implements CacheStore {
  /** The next calls fail so, one each. */
  readonly failures: Error[] = [];
  readonly #clock: Clock;
  readonly #kept = new Map<string, KeptEvent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async keep(channel: string, event: KeptEvent): Promise<void> {
    this.#check();
    const kept = this.#kept.get(channel);
    if (kept !== undefined && BigInt(kept.sequenceNumber) >= BigInt(event.sequenceNumber)) return;
    this.#kept.set(channel, event);
  }

  async frameOf(channel: string): Promise<string | undefined> {
    this.#check();
    const kept = this.#kept.get(channel);
    return kept !== undefined && kept.expiresAt * 1_000 > this.#clock.now() ? kept.frame : undefined;
  }

  assertKept(channel: string, event: Partial<KeptEvent>): void {
    expect(this.#kept.get(channel)).toMatchObject(event);
  }

  assertNothingKept(channel: string): void {
    expect([...this.#kept.keys()]).not.toContain(channel);
  }

  #check(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}
