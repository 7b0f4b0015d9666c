import type { Clock } from '../../ports/clock.ts';

/** So much of what was not used lately may be made up for at once. */
const BURST_IN_MILLISECONDS = 50;

/**
 * Who waits is let in by the handful: a timer a post would cost more than the post is to save. Shorter than the burst, so that nothing of the
 * rate is lost by it.
 */
const REST_IN_MILLISECONDS = 10;

/**
 * So many a second, evenly but for a burst: in any stretch of time no more than the rate allows for it and 50 ms besides. There is a timer only while
 * somebody waits. Source: ITU-T I.371 annex A (generic cell rate algorithm)
 */
export class Pace {
  readonly #interval: number;
  readonly #clock: Clock;
  /** Epoch milliseconds. Times count from here: since 1970 they are too long for the fractions that intervals have. */
  readonly #start: number;
  readonly #waiting: (() => void)[] = [];
  /** When the next has its turn. */
  #next = -BURST_IN_MILLISECONDS;

  constructor(perSecond: number, clock: Clock) {
    this.#interval = 1_000 / perSecond;
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** Resolves when it is one's turn, in the order of arrival. */
  turn(): Promise<void> {
    if (this.#waiting.length === 0 && this.#leftToWait() <= 0) {
      this.#next += this.#interval;
      return Promise.resolve();
    }
    return new Promise((admit) => {
      if (this.#waiting.push(admit) === 1) void this.#admitLater();
    });
  }

  async #admitLater(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#clock.sleep(Math.max(REST_IN_MILLISECONDS, Math.ceil(this.#leftToWait())));
      while (this.#waiting.length > 0 && this.#leftToWait() <= 0) {
        this.#next += this.#interval;
        this.#waiting.shift()?.();
      }
    }
  }

  #leftToWait(): number {
    const now = this.#clock.now() - this.#start;
    // A clock that has been set back must not have everybody wait until it is where it was.
    this.#next = Math.min(Math.max(this.#next, now - BURST_IN_MILLISECONDS), now + this.#interval);
    return this.#next - now;
  }
}
