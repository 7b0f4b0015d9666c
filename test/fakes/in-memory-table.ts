import { monotonicFactory } from 'ulid';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Connection, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type { ChannelEntry, NewChannelEntry } from '../../lambdas/protocol/channel-entry.ts';
import { InMemoryConnectionStore } from './in-memory-connections.ts';
import { InMemoryOccupancyStore } from './in-memory-occupancy.ts';
import { InMemoryPresenceStore } from './in-memory-presence.ts';
import { InMemorySubscriptionStore } from './in-memory-subscriptions.ts';
import { InMemoryUserStore } from './in-memory-users.ts';

export interface ConnectionRow {
  readonly connection: Connection;
  readonly channels: Set<string>;
  readonly users: Set<string>;
  readonly watched: Set<string>;
  signedIn?: string | undefined;
}

export interface SubscriptionRow {
  /** Until when it is valid. */
  expiresAt: number;
  askedAt: number;
  readonly since: number;
  /** Sequence number of the latest delivery that waits. */
  lagging?: bigint | undefined;
  readonly userId?: string | undefined;
  joining?: string | undefined;
  askedAgain?: string | undefined;
  /** It is part of no count. */
  readonly isWatch?: boolean;
}

export interface MemberRow {
  connections: number;
  channelData: string;
  readonly joinId: string;
  announced: boolean;
  absentSince?: number | undefined;
}

export interface OccupiedRow {
  vacantSince?: number | undefined;
  countedAt?: number | undefined;
  countDue?: number | undefined;
}

/** The Connections table: all stores over the same rows, as they are in DynamoDB. */
export class InMemoryTable {
  readonly connections: InMemoryConnectionStore;
  readonly subscriptions: InMemorySubscriptionStore;
  readonly presence: InMemoryPresenceStore;
  readonly occupancy: InMemoryOccupancyStore;
  readonly users: InMemoryUserStore;
  readonly rows = new Map<string, ConnectionRow>();
  /** By channel, then by connection. */
  readonly subscriptionRows = new Map<string, Map<string, SubscriptionRow>>();
  /** By channel, then by user, in the order in which they came. */
  readonly memberRows = new Map<string, Map<string, MemberRow>>();
  readonly occupiedRows = new Map<string, OccupiedRow>();
  /** What was written into the Notifications table together with rows of this one, in order. */
  readonly entries: ChannelEntry[] = [];
  readonly clock: Clock;
  readonly #nextId = monotonicFactory();

  constructor(clock: Clock, maxChannelsPerConnection = 100) {
    this.clock = clock;
    this.connections = new InMemoryConnectionStore(this);
    this.subscriptions = new InMemorySubscriptionStore(this, maxChannelsPerConnection);
    this.presence = new InMemoryPresenceStore(this);
    this.occupancy = new InMemoryOccupancyStore(this);
    this.users = new InMemoryUserStore(this, clock);
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
    };
  }

  /** Returns the id of the entry. */
  enter(entry: NewChannelEntry): string {
    const id = this.#nextId(this.clock.now());
    this.entries.push({ ...entry, id });
    return id;
  }

  watch(connectionId: string, channel: string, expiresAt: number): void {
    const since = this.nowInSeconds();
    const row = { expiresAt, since, askedAt: this.clock.now(), isWatch: true };
    this.subscriptionRows.set(
      channel,
      (this.subscriptionRows.get(channel) ?? new Map()).set(connectionId, row),
    );
  }

  unwatch(connectionId: string, channel: string): void {
    this.subscriptionRows.get(channel)?.delete(connectionId);
  }

  isPast(expiresAt: number): boolean {
    return expiresAt <= this.nowInSeconds();
  }

  nowInSeconds(): number {
    return Math.floor(this.clock.now() / 1_000);
  }
}
