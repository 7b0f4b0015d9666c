import { expect } from 'vitest';
import type { ChannelShards } from '../../lambdas/ports/channel-shards.ts';
import type { InMemoryTable } from './in-memory-table.ts';

const SUBSCRIPTIONS_A_SHARD = 4_000;
const MOST_SHARDS = 64;
const KEPT_WIDE_IN_SECONDS = 3 * 60 * 60;

export class InMemoryChannelShards implements ChannelShards {
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable) {
    this.#table = table;
  }

  async fit(channel: string, subscriptions: number): Promise<void> {
    const shards = this.#table.shardsOf(channel);
    let needed = 1;
    while (needed < MOST_SHARDS && needed * SUBSCRIPTIONS_A_SHARD < subscriptions) needed *= 2;
    if (needed > shards) this.spread(channel, needed);
    if (shards === 1 || subscriptions * 4 > shards * SUBSCRIPTIONS_A_SHARD) return;
    this.#table.shardsRows.set(channel, {
      shards: needed,
      wider: this.#table.shardsToRead(channel),
      widerUntil: this.#table.nowInSeconds() + KEPT_WIDE_IN_SECONDS,
    });
  }

  /** Over so many shards new subscriptions are spread from now on, a power of two; those that are there stay where they are. */
  spread(channel: string, shards: number): void {
    this.#table.shardsRows.set(channel, { ...this.#table.shardsRows.get(channel), shards });
  }

  assertShards(channel: string, shards: number): void {
    expect(this.#table.shardsOf(channel)).toBe(shards);
  }
}
