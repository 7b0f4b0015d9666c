import { expect } from 'vitest';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { DenialStore } from '../../lambdas/ports/denial-store.ts';

export class InMemoryDenialStore implements DenialStore {
  readonly #clock: Clock;
  readonly #users = new Map<string, number>();
  readonly #handshakes = new Map<string, { remaining: number; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async denyUser(userId: string, until: number): Promise<void> {
    this.#users.set(userId, Math.max(until, this.#users.get(userId) ?? 0));
  }

  async isUserDenied(userId: string): Promise<boolean> {
    return this.#isAhead(this.#users.get(userId) ?? 0);
  }

  async denyHandshake(fingerprint: string, until: number): Promise<void> {
    this.#handshakes.set(fingerprint, { remaining: this.#remainingOf(fingerprint) + 1, until });
  }

  async takeHandshakeDenial(fingerprint: string): Promise<boolean> {
    const remaining = this.#remainingOf(fingerprint);
    if (remaining === 0) return false;
    const until = this.#handshakes.get(fingerprint)?.until ?? 0;
    this.#handshakes.set(fingerprint, { remaining: remaining - 1, until });
    return true;
  }

  /** `until`: epoch seconds. */
  assertUserDenied(userId: string, until?: number): void {
    expect([...this.#users.keys()]).toContain(userId);
    if (until !== undefined) expect(this.#users.get(userId)).toBe(until);
  }

  /** How many handshakes that look like this are to be denied. */
  assertHandshakesDenied(fingerprint: string, times: number): void {
    expect(this.#remainingOf(fingerprint)).toBe(times);
  }

  assertNobodyDenied(): void {
    expect([...this.#users.keys(), ...this.#handshakes.keys()]).toEqual([]);
  }

  #remainingOf(fingerprint: string): number {
    const denial = this.#handshakes.get(fingerprint);
    return denial !== undefined && this.#isAhead(denial.until) ? denial.remaining : 0;
  }

  #isAhead(until: number): boolean {
    return until > Math.floor(this.#clock.now() / 1_000);
  }
}
