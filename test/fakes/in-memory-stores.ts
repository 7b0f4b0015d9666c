import { expect } from 'vitest';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Connection, ConnectionStore, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type {
  SubscribeOutcome,
  Subscription,
  SubscriptionStore,
} from '../../lambdas/ports/subscription-store.ts';
import { type ConnectionWithUsers, InMemoryUserStore } from './in-memory-users.ts';

interface Row extends ConnectionWithUsers {
  readonly counted: boolean;
  readonly channels: Set<string>;
}

interface SubscriptionRow {
  expiresAt: number;
  readonly askedAt: number;
  readonly since: number;
  /** Sequence number of the latest delivery that waits. */
  lagging?: bigint | undefined;
}

/** The Connections table: both stores over the same rows, as they are in DynamoDB. */
export class InMemoryTable {
  readonly connections: InMemoryConnectionStore;
  readonly subscriptions: InMemorySubscriptionStore;
  readonly users: InMemoryUserStore;
  readonly rows = new Map<string, Row>();
  /** By channel, then by connection. */
  readonly subscriptionRows = new Map<string, Map<string, SubscriptionRow>>();

  readonly #clock: Clock;

  constructor(clock: Clock, maxChannelsPerConnection = 100) {
    this.#clock = clock;
    this.connections = new InMemoryConnectionStore(this);
    this.subscriptions = new InMemorySubscriptionStore(this, clock, maxChannelsPerConnection);
    this.users = new InMemoryUserStore(this, clock);
  }

  watch(connectionId: string, channel: string, expiresAt: number): void {
    const now = this.#clock.now();
    const row = { expiresAt, askedAt: now, since: Math.floor(now / 1_000) };
    this.subscriptionRows.set(
      channel,
      (this.subscriptionRows.get(channel) ?? new Map()).set(connectionId, row),
    );
  }

  unwatch(connectionId: string, channel: string): void {
    this.subscriptionRows.get(channel)?.delete(connectionId);
  }

  /** What the stream would tell if the connection were removed now. */
  async lastImageOf(connectionId: string): Promise<RemovedConnection> {
    const row = this.rows.get(connectionId);
    if (row === undefined) throw new Error(`there is no row of connection ${connectionId}`);
    return {
      connectionId,
      channels: [...row.channels],
      users: [...row.users],
      watched: [...row.watched],
      ...(row.counted && { counterShard: 0 }),
    };
  }
}

export class InMemoryConnectionStore implements ConnectionStore {
  readonly #table: InMemoryTable;
  readonly #counted = new Set<string>();

  constructor(table: InMemoryTable) {
    this.#table = table;
  }

  async open(connection: Connection): Promise<void> {
    if (this.#table.rows.has(connection.connectionId)) return;
    const counted = connection.refusal === undefined;
    this.#table.rows.set(connection.connectionId, {
      connection,
      counted,
      channels: new Set(),
      users: new Set(),
      watched: new Set(),
    });
    if (counted) this.#counted.add(connection.connectionId);
  }

  async countOpen(): Promise<number> {
    return this.#counted.size;
  }

  async isOpen(connectionId: string): Promise<boolean> {
    return this.#table.rows.has(connectionId);
  }

  async remove(connectionId: string): Promise<boolean> {
    return this.#table.rows.delete(connectionId);
  }

  async forget({ connectionId, counterShard }: RemovedConnection): Promise<void> {
    if (counterShard !== undefined) this.#counted.delete(connectionId);
  }

  assertStored(connection: Connection): void {
    expect(this.#table.rows.get(connection.connectionId)?.connection).toEqual(connection);
  }

  assertRemoved(connectionId: string): void {
    expect([...this.#table.rows.keys()]).not.toContain(connectionId);
  }

  assertKept(connectionId: string): void {
    expect([...this.#table.rows.keys()]).toContain(connectionId);
  }
}

export class InMemorySubscriptionStore implements SubscriptionStore {
  /** Subscribers a page. */
  pageSize = 1000;
  readonly #table: InMemoryTable;
  readonly #clock: Clock;
  readonly #maxChannels: number;

  constructor(table: InMemoryTable, clock: Clock, maxChannels: number) {
    this.#table = table;
    this.#clock = clock;
    this.#maxChannels = maxChannels;
  }

  async subscribe(request: {
    readonly connectionId: string;
    readonly channel: string;
    readonly expiresAt: number;
    readonly askedAt: number;
  }): Promise<SubscribeOutcome> {
    const { connectionId, channel, expiresAt, askedAt } = request;
    const row = this.#table.rows.get(connectionId);
    if (row === undefined || row.connection.refusal !== undefined || this.#isPast(row.connection.expiresAt)) {
      return 'gone';
    }
    if (row.channels.size >= this.#maxChannels && !row.channels.has(channel)) return 'too-many-channels';
    row.channels.add(channel);
    const subscribers = this.#table.subscriptionRows.get(channel) ?? new Map<string, SubscriptionRow>();
    const { lagging, since } = subscribers.get(connectionId) ?? {
      lagging: undefined,
      since: this.#nowInSeconds(),
    };
    this.#table.subscriptionRows.set(
      channel,
      subscribers.set(connectionId, { expiresAt, askedAt, since, lagging }),
    );
    return 'subscribed';
  }

  async unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void> {
    const row = this.#table.subscriptionRows.get(channel)?.get(connectionId);
    if (row !== undefined && row.askedAt >= askedAt) return;
    this.#table.rows.get(connectionId)?.channels.delete(channel);
    this.#table.subscriptionRows.get(channel)?.delete(connectionId);
  }

  async *subscribersOf(channel: string): AsyncGenerator<readonly Subscription[]> {
    const live = [...(this.#table.subscriptionRows.get(channel) ?? [])]
      .filter(([, { expiresAt }]) => !this.#isPast(expiresAt))
      .map(([connectionId, { expiresAt, since, lagging }]) => ({
        connectionId,
        expiresAt,
        since,
        lagging: lagging !== undefined,
      }));
    for (let at = 0; at < live.length; at += this.pageSize) yield live.slice(at, at + this.pageSize);
  }

  async removeAll(connectionId: string, channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#table.subscriptionRows.get(channel)?.delete(connectionId);
  }

  async markLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean> {
    const row = this.#table.subscriptionRows.get(channel)?.get(connectionId);
    if (row === undefined) return false;
    const mark = BigInt(sequenceNumber);
    if (row.lagging === undefined || row.lagging < mark) row.lagging = mark;
    return true;
  }

  async isOwed(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean> {
    const row = this.#table.subscriptionRows.get(channel)?.get(connectionId);
    if (row?.lagging === undefined || this.#isPast(row.expiresAt)) return false;
    return row.lagging >= BigInt(sequenceNumber);
  }

  async clearLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<void> {
    const row = this.#table.subscriptionRows.get(channel)?.get(connectionId);
    if (row?.lagging === BigInt(sequenceNumber)) row.lagging = undefined;
  }

  assertSubscribers(channel: string, ...connectionIds: string[]): void {
    expect([...(this.#table.subscriptionRows.get(channel)?.keys() ?? [])].sort()).toEqual(
      connectionIds.sort(),
    );
  }

  /** Without a sequence number: it waits for nothing. */
  assertLagging(connectionId: string, channel: string, sequenceNumber?: string): void {
    const row = this.#table.subscriptionRows.get(channel)?.get(connectionId);
    expect(row?.lagging?.toString()).toBe(sequenceNumber);
  }

  #isPast(expiresAt: number): boolean {
    return expiresAt <= this.#nowInSeconds();
  }

  #nowInSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}
