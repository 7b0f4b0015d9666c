import type { Allowance, AllowanceOutcome } from '../../ports/allowance.ts';
import { type DynamoDbAllowanceOptions, takeFromSecond } from './allowance-row.ts';

/** One write for each that is taken: for names of which each does little, such as one connection. */
export class DynamoDbAllowance implements Allowance {
  readonly #options: DynamoDbAllowanceOptions;

  constructor(options: DynamoDbAllowanceOptions) {
    this.#options = options;
  }

  async take(name: string, most: number): Promise<AllowanceOutcome> {
    const second = Math.floor(this.#options.clock.now() / 1_000);
    const { taken } = await takeFromSecond(this.#options, { name, second, wanted: 1, most });
    return taken ? { outcome: 'taken' } : { outcome: 'exhausted', retryAfterInSeconds: 1 };
  }
}
