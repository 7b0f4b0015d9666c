import { expect } from 'vitest';
import type { DeliveryProgress, Progress } from '../../lambdas/ports/delivery-progress.ts';
import type { InMemoryTable } from './in-memory-table.ts';

export class InMemoryDeliveryProgress implements DeliveryProgress {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable) {
    this.#table = table;
  }

  async noteQueued(channel: string, sequenceNumber: string): Promise<number> {
    const row = this.#table.queueRow(channel, 0);
    row.queued = latest(row.queued, sequenceNumber);
    return this.#table.shardsToRead(channel);
  }

  async progressOf(channel: string, shard: number, sequenceNumber: string): Promise<Progress> {
    const { done, entry, after } = this.#table.queueRows.get(channel)?.get(shard) ?? {};
    if (done === BigInt(sequenceNumber)) return 'done';
    return entry === BigInt(sequenceNumber) && after !== undefined ? { after } : {};
  }

  async notePassed(
    channel: string,
    shard: number,
    sequenceNumber: string,
    connectionId: string,
  ): Promise<void> {
    const row = this.#table.queueRow(channel, shard);
    row.entry = BigInt(sequenceNumber);
    row.after = connectionId;
  }

  async noteDone(channel: string, shard: number, sequenceNumber: string): Promise<void> {
    const row = this.#table.queueRow(channel, shard);
    row.done = latest(row.done, sequenceNumber);
  }

  /** Of the latest entry that went through the queue; left out, none has. */
  assertQueued(channel: string, sequenceNumber?: string): void {
    expect(this.#table.queueRows.get(channel)?.get(0)?.queued?.toString()).toBe(sequenceNumber);
  }

  /** Of the latest entry that was finished in the shard; left out, none was. */
  assertDone(channel: string, shard: number, sequenceNumber?: string): void {
    expect(this.#table.queueRows.get(channel)?.get(shard)?.done?.toString()).toBe(sequenceNumber);
  }
}

function latest(mark: bigint | undefined, sequenceNumber: string): bigint {
  const other = BigInt(sequenceNumber);
  return mark === undefined || mark < other ? other : mark;
}
