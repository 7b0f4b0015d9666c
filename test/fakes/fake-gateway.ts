import { expect } from 'vitest';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { ConnectionGateway, PostOutcome } from '../../lambdas/ports/connection-gateway.ts';

/** An outcome, or what the post throws. */
export type ScriptedAnswer = PostOutcome | Error;

/**
 * Every connection is open until it is closed or scripted otherwise; a post takes `latencyInMilliseconds` of the clock, and of `places` that are
 * under way at a time none begins before another has ended.
 */
export class FakeGateway implements ConnectionGateway {
  /** What was delivered, in the order in which it was; `at` in epoch milliseconds. */
  readonly delivered: { readonly connectionId: string; readonly frame: string; readonly at: number }[] = [];
  readonly closed = new Set<string>();
  /** The most posts that were under way at a time. */
  busiest = 0;
  readonly #clock: Clock;
  readonly #latency: number;
  readonly #waiting: (() => void)[] = [];
  #places: number;
  readonly #scripts = new Map<string, ScriptedAnswer[]>();
  readonly #standing = new Map<string, ScriptedAnswer>();
  readonly #attempts = new Map<string, number>();
  #underWay = 0;

  constructor(clock: Clock, latencyInMilliseconds = 0, places = Number.POSITIVE_INFINITY) {
    this.#clock = clock;
    this.#latency = latencyInMilliseconds;
    this.#places = places;
  }

  /** Answers the next posts to this connection so, one each; then as before. */
  next(connectionId: string, ...answers: ScriptedAnswer[]): void {
    this.#scripts.set(connectionId, [...(this.#scripts.get(connectionId) ?? []), ...answers]);
  }

  /** Answers every post to this connection so, from now on. */
  always(connectionId: string, answer: ScriptedAnswer): void {
    this.#standing.set(connectionId, answer);
  }

  async post(connectionId: string, frame: string, onBegin?: () => void): Promise<PostOutcome> {
    if (this.#places > 0) this.#places -= 1;
    else await new Promise<void>((begin) => this.#waiting.push(begin));
    onBegin?.();
    try {
      return await this.#answerTo(connectionId, frame);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#places += 1;
      else next();
    }
  }

  async #answerTo(connectionId: string, frame: string): Promise<PostOutcome> {
    this.#attempts.set(connectionId, this.attempts(connectionId) + 1);
    this.busiest = Math.max(this.busiest, ++this.#underWay);
    if (this.#latency > 0) await this.#clock.sleep(this.#latency);
    else await Promise.resolve();
    this.#underWay -= 1;
    const answer = this.closed.has(connectionId)
      ? 'gone'
      : (this.#scripts.get(connectionId)?.shift() ?? this.#standing.get(connectionId) ?? 'delivered');
    if (answer instanceof Error) throw answer;
    if (answer === 'delivered') this.delivered.push({ connectionId, frame, at: this.#clock.now() });
    return answer;
  }

  async close(connectionId: string): Promise<void> {
    this.closed.add(connectionId);
  }

  /** How many posts to this connection were tried. */
  attempts(connectionId: string): number {
    return this.#attempts.get(connectionId) ?? 0;
  }

  receivedBy(connectionId: string): string[] {
    return this.delivered.filter((post) => post.connectionId === connectionId).map(({ frame }) => frame);
  }

  /** Exactly these frames, in this order. */
  assertReceived(connectionId: string, ...frames: string[]): void {
    expect(this.receivedBy(connectionId)).toEqual(frames);
  }

  assertReceivedNothing(connectionId: string): void {
    this.assertReceived(connectionId);
  }

  assertClosed(connectionId: string): void {
    expect([...this.closed]).toContain(connectionId);
  }

  assertOpen(connectionId: string): void {
    expect([...this.closed]).not.toContain(connectionId);
  }
}
