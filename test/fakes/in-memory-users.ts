import { expect } from 'vitest';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Connection } from '../../lambdas/ports/connection-store.ts';
import type { UserStore } from '../../lambdas/ports/user-store.ts';
import { watchlistChannelOf } from '../../lambdas/protocol/channel.ts';

/** What the table has to offer: rows of connections, and subscriptions that are not among a connection's channels. */
export interface TableWithUsers {
  readonly rows: ReadonlyMap<string, ConnectionWithUsers>;
  /** `expiresAt`: epoch seconds. */
  watch(connectionId: string, channel: string, expiresAt: number): void;
  unwatch(connectionId: string, channel: string): void;
}

export interface ConnectionWithUsers {
  readonly connection: Connection;
  readonly users: Set<string>;
  readonly watched: Set<string>;
  signedIn?: string | undefined;
}

export class InMemoryUserStore implements UserStore {
  /** Connections a page. */
  pageSize = 1000;
  /** By user, then by connection: epoch seconds at which the row expires. */
  readonly rows = new Map<string, Map<string, number>>();
  readonly #table: TableWithUsers;
  readonly #clock: Clock;

  constructor(table: TableWithUsers, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  async claim(claim: Parameters<UserStore['claim']>[0]): Promise<'claimed' | 'gone'> {
    const { connectionId, userId, expiresAt, watchlist } = claim;
    const row = this.#open(connectionId);
    if (row === undefined || row.connection.refusal !== undefined) return 'gone';
    row.users.add(userId);
    this.note(userId, connectionId, expiresAt);
    if (watchlist === undefined) return 'claimed';
    row.signedIn = userId;
    for (const watched of watchlist) {
      row.watched.add(watched);
      this.#table.watch(connectionId, watchlistChannelOf(watched), expiresAt);
    }
    return 'claimed';
  }

  /** What other stores write of whose a connection is. */
  note(userId: string, connectionId: string, expiresAt: number): void {
    this.rows.set(userId, (this.rows.get(userId) ?? new Map()).set(connectionId, expiresAt));
  }

  async signedInUser(connectionId: string): Promise<string | undefined> {
    return this.#open(connectionId)?.signedIn;
  }

  async *connectionsOf(userId: string): AsyncGenerator<readonly string[]> {
    const live = [...(this.rows.get(userId) ?? [])]
      .filter(([, expiresAt]) => expiresAt > this.#nowInSeconds())
      .map(([connectionId]) => connectionId);
    for (let at = 0; at < live.length; at += this.pageSize) yield live.slice(at, at + this.pageSize);
  }

  async forget(connectionId: string, users: readonly string[], watched: readonly string[]): Promise<void> {
    for (const userId of users) this.rows.get(userId)?.delete(connectionId);
    for (const userId of watched) this.#table.unwatch(connectionId, watchlistChannelOf(userId));
  }

  assertConnections(userId: string, ...connectionIds: string[]): void {
    expect([...(this.rows.get(userId)?.keys() ?? [])].sort()).toEqual(connectionIds.sort());
  }

  assertSignedIn(connectionId: string, userId: string | undefined): void {
    expect(this.#table.rows.get(connectionId)?.signedIn).toBe(userId);
  }

  #open(connectionId: string): ConnectionWithUsers | undefined {
    const row = this.#table.rows.get(connectionId);
    return row !== undefined && row.connection.expiresAt > this.#nowInSeconds() ? row : undefined;
  }

  #nowInSeconds(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }
}
