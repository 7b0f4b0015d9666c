import { monotonicFactory } from 'ulid';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Connection, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type { ChannelEntry, NewChannelEntry } from '../../lambdas/protocol/channel-entry.ts';
import { InMemoryChannelShards } from './in-memory-channel-shards.ts';
import { InMemoryConnectionStore } from './in-memory-connections.ts';
import { InMemoryDeliveryProgress } from './in-memory-delivery-progress.ts';
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
  /** Of its channel; it stays there. */
  readonly shard: number;
  /** Sequence number of the latest delivery that waits. */
  lagging?: bigint | undefined;
  readonly userId?: string | undefined;
  joining?: string | undefined;
  askedAgain?: string | undefined;
  hearsAfter?: string | undefined;
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

/** Over how many shards a channel is spread, and has been until a time (epoch seconds). */
export interface ShardsRow {
  shards: number;
  wider?: number;
  widerUntil?: number;
}

/** What the delivery queue has to do with a shard, by sequence numbers. */
export interface QueueRow {
  queued?: bigint;
  done?: bigint;
  entry?: bigint;
  after?: string;
}

/** The Connections table: all stores over the same rows, as they are in DynamoDB. */
export class InMemoryTable {
  readonly connections: InMemoryConnectionStore;
  readonly subscriptions: InMemorySubscriptionStore;
  readonly presence: InMemoryPresenceStore;
  readonly occupancy: InMemoryOccupancyStore;
  readonly users: InMemoryUserStore;
  readonly shards: InMemoryChannelShards;
  readonly progress: InMemoryDeliveryProgress;
  readonly rows = new Map<string, ConnectionRow>();
  /** By channel, then by connection. */
  readonly subscriptionRows = new Map<string, Map<string, SubscriptionRow>>();
  /** By channel, then by user, in the order in which they came. */
  readonly memberRows = new Map<string, Map<string, MemberRow>>();
  readonly occupiedRows = new Map<string, OccupiedRow>();
  /** By channel. */
  readonly shardsRows = new Map<string, ShardsRow>();
  /** By channel, then by shard. */
  readonly queueRows = new Map<string, Map<number, QueueRow>>();
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
    this.shards = new InMemoryChannelShards(this);
    this.progress = new InMemoryDeliveryProgress(this);
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
    const row = { expiresAt, since, askedAt: this.clock.now(), shard: 0, isWatch: true };
    this.subscriptionRows.set(
      channel,
      (this.subscriptionRows.get(channel) ?? new Map()).set(connectionId, row),
    );
  }

  unwatch(connectionId: string, channel: string): void {
    this.subscriptionRows.get(channel)?.delete(connectionId);
  }

  /** The row of a queue, made when it is not there. */
  queueRow(channel: string, shard: number): QueueRow {
    const rows = this.queueRows.get(channel) ?? new Map<number, QueueRow>();
    const row = rows.get(shard) ?? {};
    this.queueRows.set(channel, rows.set(shard, row));
    return row;
  }

  /** Over how many shards new subscriptions of a channel are spread. */
  shardsOf(channel: string): number {
    return this.shardsRows.get(channel)?.shards ?? 1;
  }

  /** In how many shards there may be subscriptions. */
  shardsToRead(channel: string): number {
    const { shards, wider = 1, widerUntil = 0 } = this.shardsRows.get(channel) ?? { shards: 1 };
    return Math.max(shards, this.isPast(widerUntil) ? 1 : wider);
  }

  isPast(expiresAt: number): boolean {
    return expiresAt <= this.nowInSeconds();
  }

  nowInSeconds(): number {
    return Math.floor(this.clock.now() / 1_000);
  }
}
