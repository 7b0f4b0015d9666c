import { expect } from 'vitest';
import type { CountTurn, Occupancy, OccupancyStore } from '../../lambdas/ports/occupancy-store.ts';
import type { InMemoryTable } from './in-memory-table.ts';

export class InMemoryOccupancyStore implements OccupancyStore {
  /** Channels a page. */
  pageSize = 1000;
  readonly #table: InMemoryTable;

  constructor(table: InMemoryTable) {
    this.#table = table;
  }

  async countsOf(channel: string): Promise<Occupancy> {
    const subscriptions = [...(this.#table.subscriptionRows.get(channel)?.values() ?? [])];
    return {
      subscriptions: subscriptions.filter(({ isWatch }) => !isWatch).length,
      members: this.#table.memberRows.get(channel)?.size ?? 0,
    };
  }

  async occupy(channel: string): Promise<boolean> {
    const row = this.#table.occupiedRows.get(channel);
    if (row !== undefined) row.vacantSince = undefined;
    else this.#table.occupiedRows.set(channel, {});
    return row === undefined;
  }

  async empty(channel: string, since: number): Promise<boolean> {
    const row = this.#table.occupiedRows.get(channel);
    if (row === undefined || (row.vacantSince !== undefined && row.vacantSince !== since)) return false;
    row.vacantSince = since;
    return true;
  }

  async vacate(channel: string, since: number): Promise<boolean> {
    return (
      this.#table.occupiedRows.get(channel)?.vacantSince === since && this.#table.occupiedRows.delete(channel)
    );
  }

  async *occupiedChannels(prefix: string): AsyncGenerator<readonly string[]> {
    const found = [...this.#table.occupiedRows]
      .filter(([channel, { vacantSince }]) => channel.startsWith(prefix) && vacantSince === undefined)
      .map(([channel]) => channel);
    for (let at = 0; at < found.length; at += this.pageSize) yield found.slice(at, at + this.pageSize);
  }

  async occupiedOf(channels: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(channels.filter((channel) => this.#table.occupiedRows.has(channel)));
  }

  async takeCountTurn(channel: string, intervalInMilliseconds: number): Promise<CountTurn> {
    const row = this.#table.occupiedRows.get(channel);
    const now = this.#table.clock.now();
    if (row === undefined || (row.countDue ?? 0) > now) return { turn: 'awaited' };
    const at = (row.countDue ?? row.countedAt ?? Number.NEGATIVE_INFINITY) + intervalInMilliseconds;
    row.countedAt = at <= now ? now : undefined;
    row.countDue = at <= now ? undefined : at;
    return at <= now ? { turn: 'now' } : { turn: 'later', at };
  }

  /** All of them, those that are empty for the moment too. */
  assertOccupied(...channels: string[]): void {
    expect([...this.#table.occupiedRows.keys()].sort()).toEqual(channels.sort());
  }
}
