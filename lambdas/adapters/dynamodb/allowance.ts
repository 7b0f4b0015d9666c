import type { Allowance, AllowanceOutcome } from '../../ports/allowance.ts';
import { takeFromSecond } from './allowance-row.ts';
import type { ConnectionsTable } from './connections-table.ts';
import { nowInSeconds } from './row-lifetime.ts';

/** One write for each that is taken: for names of which each does little, such as one connection. */
export class DynamoDbAllowance implements Allowance {
  readonly #rows: ConnectionsTable;

  constructor(rows: ConnectionsTable) {
    this.#rows = rows;
  }

  async take(name: string, most: number): Promise<AllowanceOutcome> {
    const second = nowInSeconds(this.#rows.clock);
    const { taken } = await takeFromSecond(this.#rows, { name, second, wanted: 1, most });
    return taken ? { outcome: 'taken' } : { outcome: 'exhausted', retryAfterInSeconds: 1 };
  }
}
