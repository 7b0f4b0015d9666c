/** At most so many under way: more than any deployment needs that opens 500 a second. */
const MOST = 250;
const LEAST = 4;
const BEGINNING = 10;

/** Handshakes that take longer say that the deployment does not keep up. */
const SLOW_IN_MS = 2_000;

/** Most that are dialled in one go, of what the rate allows. */
const BURST = 10;

/**
 * When to dial: no more a second than the rate, and no more at once than the deployment keeps up with. That many is found as TCP finds
 * its window: a little more with each connection that opened in time, half with each that failed.
 */
export class Ramp {
  readonly #perSecond: number;
  #due = 1;
  #lookedAt = performance.now();
  #window = BEGINNING;
  #underWay = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** True when one may be dialled, which then counts as under way. */
  admits(): boolean {
    const now = performance.now();
    // Time in which nothing could be dialled gives no right to more at once later.
    this.#due = Math.min(this.#due + ((now - this.#lookedAt) / 1000) * this.#perSecond, BURST);
    this.#lookedAt = now;
    if (this.#due < 1 || this.#underWay >= this.#window) return false;
    this.#due -= 1;
    this.#underWay += 1;
    return true;
  }

  opened(milliseconds: number): void {
    this.#underWay -= 1;
    this.#window =
      milliseconds > SLOW_IN_MS
        ? Math.max(LEAST, this.#window - 0.5)
        : Math.min(MOST, this.#window + Math.min(1, 5 / this.#window));
  }

  failed(): void {
    this.#underWay -= 1;
    this.#window = Math.max(LEAST, this.#window / 2);
  }
}
