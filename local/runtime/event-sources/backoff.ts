import { pause } from './pause.ts';

const FIRST_WAIT_IN_MILLISECONDS = 500;
const LONGEST_WAIT_IN_MILLISECONDS = 60_000;

/**
 * Exponential waits between retries. AWS says that it backs off and not how long; these are a choice.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export class Backoff {
  readonly #timeScale: number;
  #failures = 0;

  constructor(timeScale: number) {
    this.#timeScale = timeScale;
  }

  wait(signal: AbortSignal): Promise<void> {
    const milliseconds = Math.min(
      FIRST_WAIT_IN_MILLISECONDS * 2 ** this.#failures,
      LONGEST_WAIT_IN_MILLISECONDS,
    );
    this.#failures += 1;
    return pause(milliseconds * this.#timeScale, signal);
  }

  reset(): void {
    this.#failures = 0;
  }
}
