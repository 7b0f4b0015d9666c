import type { Clock } from '../../ports/clock.ts';

/** A request that is under way; given back when it has ended. */
export interface Place {
  /** Counts up from request to request. */
  readonly number: number;
}

/** How a request ended. `throttled`: a 429, with the milliseconds of its `Retry-After` if it had one. */
export type Ending = 'answered' | 'failed' | { readonly throttled: true; readonly retryAfter?: number };

/** Not fewer at once, however much is throttled: a trickle has to go on, or nobody would notice that it is over. */
const LEAST = 4;

/**
 * One throttled answer in a round, or less than this share, says nothing about the account: API Gateway answers 429 for a client that does
 * not read as well, and all others must not wait for it.
 * Source: LimitExceededException in the model of the ApiGatewayManagementApi
 */
const TELLING_SHARE = 1 / 8;

const BASE_IN_MILLISECONDS = 50;
const CEILING_IN_MILLISECONDS = 2_000;

/**
 * How many requests may be under way at once: `most`, until the account's quota says otherwise; then half of it, and one more with each
 * round of answers that are not throttled ("additive increase, multiplicative decrease"). A round is as many answers as may be under way.
 * It is cut once a round trip at most: an answer to what was begun before the cut says nothing about it. Nothing is begun before
 * the `Retry-After`, and nothing grows until a wait that doubles with each cut is over.
 *
 * Source: RFC 5681 section 3.1; RFC 6585 section 4
 */
export class AdaptiveLimit {
  readonly #most: number;
  readonly #clock: Clock;
  readonly #waiting: ((place: Place) => void)[] = [];
  #limit: number;
  #underWay = 0;
  #begun = 0;
  /** Of the round: answers of any kind, and throttled ones. */
  #answers = 0;
  #throttled = 0;
  /** Answers in a row that count towards one more. */
  #good = 0;
  #cuts = 0;
  /** Number of the first request after the latest cut. */
  #cutAt = 0;
  #growAfter = 0;
  #beginAfter = 0;

  constructor(most: number, clock: Clock) {
    this.#most = most;
    this.#limit = most;
    this.#clock = clock;
  }

  /** How many may be under way at once, now. */
  get current(): number {
    return this.#limit;
  }

  /** Waits until there is a place, in the order of arrival. */
  async enter(): Promise<Place> {
    if (this.#waiting.length === 0 && this.#isRoom()) return this.#begin();
    return await new Promise((admit) => this.#waiting.push(admit));
  }

  leave(place: Place, ending: Ending): void {
    this.#underWay -= 1;
    if (ending !== 'failed') this.#count(place, ending);
    this.#admit();
  }

  #count({ number }: Place, ending: Exclude<Ending, 'failed'>): void {
    if (number < this.#cutAt) return;
    this.#answers += 1;
    if (ending === 'answered') {
      this.#grow();
    } else {
      this.#throttled += 1;
      if (this.#throttled > Math.max(1, this.#limit * TELLING_SHARE)) this.#cut(ending.retryAfter);
    }
    if (this.#answers >= this.#limit) this.#beginRound();
  }

  #grow(): void {
    if (this.#limit === this.#most) return;
    this.#good += 1;
    if (this.#good < this.#limit || this.#clock.now() < this.#growAfter) return;
    this.#limit += 1;
    this.#good = 0;
    this.#cuts = 0;
  }

  #cut(retryAfter = 0): void {
    const wait = Math.min(retryAfter, CEILING_IN_MILLISECONDS);
    const patience = Math.min(BASE_IN_MILLISECONDS * 2 ** this.#cuts, CEILING_IN_MILLISECONDS);
    const now = this.#clock.now();
    this.#limit = Math.max(Math.min(LEAST, this.#most), Math.floor(this.#limit / 2));
    this.#cuts += 1;
    this.#cutAt = this.#begun;
    this.#good = 0;
    this.#growAfter = now + patience;
    this.#beginRound();
    if (wait === 0) return;
    this.#beginAfter = now + wait;
    void this.#wakeLater();
  }

  /** A timer may be early by the clock, and nobody else would wake those who wait. */
  async #wakeLater(): Promise<void> {
    for (let left = this.#leftToWait(); left > 0; left = this.#leftToWait()) await this.#clock.sleep(left);
    this.#admit();
  }

  #leftToWait(): number {
    return this.#beginAfter === 0 ? 0 : this.#beginAfter - this.#clock.now();
  }

  #beginRound(): void {
    this.#answers = 0;
    this.#throttled = 0;
  }

  #isRoom(): boolean {
    return this.#underWay < this.#limit && this.#leftToWait() <= 0;
  }

  #begin(): Place {
    this.#underWay += 1;
    return { number: this.#begun++ };
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#isRoom()) this.#waiting.shift()?.(this.#begin());
  }
}
