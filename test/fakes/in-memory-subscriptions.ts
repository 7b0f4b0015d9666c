import { expect } from 'vitest';
import type {
  Audience,
  SubscribeOutcome,
  SubscribeRequest,
  Subscription,
  SubscriptionPlace,
  SubscriptionStore,
} from '../../lambdas/ports/subscription-store.ts';
import { markOf } from '../../lambdas/protocol/sequence-number.ts';
import type { InMemoryTable, SubscriptionRow } from './in-memory-table.ts';

export class InMemorySubscriptionStore implements SubscriptionStore {
  /** Subscribers a page. */
  pageSize = 500;
  readonly #table: InMemoryTable;
  readonly #maxChannels: number;

  constructor(table: InMemoryTable, maxChannels: number) {
    this.#table = table;
    this.#maxChannels = maxChannels;
  }

  async subscribe(request: SubscribeRequest): Promise<SubscribeOutcome> {
    const { connectionId, channel, expiresAt, member } = request;
    const connection = this.#table.rows.get(connectionId);
    if (
      connection === undefined ||
      connection.connection.refusal !== undefined ||
      this.#table.isPast(connection.connection.expiresAt)
    ) {
      return 'gone';
    }
    if (connection.channels.size >= this.#maxChannels && !connection.channels.has(channel)) {
      return 'too-many-channels';
    }
    const row = this.#row(connectionId, channel);
    if (row !== undefined && row.userId === member?.userId) {
      row.expiresAt = expiresAt;
      row.askedAt = Math.max(row.askedAt, request.askedAt);
      row.askedAgain = this.#enterJoined(request, { fresh: false, newMember: false }) ?? row.askedAgain;
      return 'subscribed';
    }
    if (row !== undefined) this.#leave(connectionId, channel);
    connection.channels.add(channel);
    if (member !== undefined) {
      connection.users.add(member.userId);
      this.#table.users.note(member.userId, connectionId, expiresAt);
    }
    this.#join(request);
    return 'subscribed';
  }

  async find(connectionId: string, channel: string): Promise<Subscription | undefined> {
    const row = this.#row(connectionId, channel);
    return row === undefined || this.#table.isPast(row.expiresAt)
      ? undefined
      : asSubscription(connectionId, row);
  }

  async findAt(place: SubscriptionPlace): Promise<Subscription | undefined> {
    const row = this.#rowAt(place);
    return row === undefined || this.#table.isPast(row.expiresAt)
      ? undefined
      : asSubscription(place.connectionId, row);
  }

  async markJoined(place: SubscriptionPlace, entryId: string, sequenceNumber: string): Promise<void> {
    const row = this.#rowAt(place);
    if (row?.joining !== entryId) return;
    row.joining = undefined;
    row.hearsAfter = markOf(sequenceNumber);
  }

  async unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void> {
    const row = this.#row(connectionId, channel);
    if (row === undefined || row.askedAt >= askedAt) return;
    this.#table.rows.get(connectionId)?.channels.delete(channel);
    this.#leave(connectionId, channel);
  }

  async audienceOf(channel: string, most: number): Promise<Audience> {
    const live = this.#liveIn(channel, 0);
    const { queued, done = -1n } = this.#table.queueRows.get(channel)?.get(0) ?? {};
    return {
      shards: this.#table.shardsToRead(channel),
      isQueued: queued !== undefined && queued > done,
      subscriptions: live.slice(0, most),
      isComplete: live.length <= most,
    };
  }

  async *subscribersOf(channel: string, shard: number, after = ''): AsyncGenerator<readonly Subscription[]> {
    const live = this.#liveIn(channel, shard).filter(({ connectionId }) => connectionId > after);
    for (let at = 0; at < live.length; at += this.pageSize) yield live.slice(at, at + this.pageSize);
  }

  async removeAll(connectionId: string, channels: readonly string[]): Promise<void> {
    for (const channel of channels) this.#leave(connectionId, channel);
  }

  async markLagging(place: SubscriptionPlace, sequenceNumber: string): Promise<boolean> {
    const row = this.#rowAt(place);
    if (row === undefined) return false;
    const mark = BigInt(sequenceNumber);
    if (row.lagging === undefined || row.lagging < mark) row.lagging = mark;
    return true;
  }

  async isOwed(place: SubscriptionPlace, sequenceNumber: string): Promise<boolean> {
    const row = this.#rowAt(place);
    if (row?.lagging === undefined || this.#table.isPast(row.expiresAt)) return false;
    return row.lagging >= BigInt(sequenceNumber) && markOf(sequenceNumber) >= (row.hearsAfter ?? '');
  }

  async clearLagging(place: SubscriptionPlace, sequenceNumber: string): Promise<void> {
    const row = this.#rowAt(place);
    if (row?.lagging === BigInt(sequenceNumber)) row.lagging = undefined;
  }

  assertSubscribers(channel: string, ...connectionIds: string[]): void {
    expect([...(this.#table.subscriptionRows.get(channel)?.keys() ?? [])].sort()).toEqual(
      connectionIds.sort(),
    );
  }

  /** Without a sequence number: it waits for nothing. */
  assertLagging(connectionId: string, channel: string, sequenceNumber?: string): void {
    expect(this.#row(connectionId, channel)?.lagging?.toString()).toBe(sequenceNumber);
  }

  /** Without the id of an entry: it waits for none. */
  assertJoining(connectionId: string, channel: string, entryId?: string): void {
    expect(this.#row(connectionId, channel)?.joining).toBe(entryId);
  }

  #join(request: SubscribeRequest): void {
    const { connectionId, channel, expiresAt, askedAt, member } = request;
    const members = this.#table.memberRows.get(channel) ?? new Map();
    const known = member && members.get(member.userId);
    const newMember = member !== undefined && known === undefined;
    const joining = this.#enterJoined(request, { fresh: true, newMember });
    if (known !== undefined) {
      known.connections += 1;
      known.channelData = member?.channelData;
      known.absentSince = undefined;
    } else if (member !== undefined) {
      const { userId, channelData } = member;
      const row = { connections: 1, channelData, joinId: joining ?? '', announced: false };
      this.#table.memberRows.set(channel, members.set(userId, row));
    }
    const row = {
      expiresAt,
      askedAt,
      since: this.#table.nowInSeconds(),
      shard: shardFor(connectionId, this.#table.shardsOf(channel)),
      userId: member?.userId,
      joining,
    };
    const subscribers = this.#table.subscriptionRows.get(channel) ?? new Map<string, SubscriptionRow>();
    this.#table.subscriptionRows.set(channel, subscribers.set(connectionId, row));
  }

  #enterJoined(
    { connectionId, channel, member, inOrder }: SubscribeRequest,
    of: { readonly fresh: boolean; readonly newMember: boolean },
  ): string | undefined {
    if (!inOrder) return undefined;
    const entry = { kind: 'joined' as const, channel, connectionId, ...of };
    return this.#table.enter(member === undefined ? entry : { ...entry, member });
  }

  #leave(connectionId: string, channel: string): void {
    const userId = this.#row(connectionId, channel)?.userId;
    this.#table.subscriptionRows.get(channel)?.delete(connectionId);
    const member = userId === undefined ? undefined : this.#table.memberRows.get(channel)?.get(userId);
    if (member === undefined) return;
    member.connections -= 1;
    if (member.connections === 0) member.absentSince = this.#table.clock.now();
  }

  #row(connectionId: string, channel: string): SubscriptionRow | undefined {
    return this.#table.subscriptionRows.get(channel)?.get(connectionId);
  }

  #rowAt({ connectionId, channel, shard }: SubscriptionPlace): SubscriptionRow | undefined {
    const row = this.#row(connectionId, channel);
    return row?.shard === shard ? row : undefined;
  }

  #liveIn(channel: string, shard: number): readonly Subscription[] {
    return [...(this.#table.subscriptionRows.get(channel) ?? [])]
      .filter(([, row]) => row.shard === shard && !this.#table.isPast(row.expiresAt))
      .map(([connectionId, row]) => asSubscription(connectionId, row))
      .sort((one, other) => (one.connectionId < other.connectionId ? -1 : 1));
  }
}

/** In which of so many shards a new subscription is put: easily foretold, `1=` and `2=` are in neighbouring ones. */
function shardFor(connectionId: string, shards: number): number {
  return [...connectionId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % shards;
}

function asSubscription(connectionId: string, row: SubscriptionRow): Subscription {
  const { expiresAt, since, shard, lagging, userId, joining, askedAgain, hearsAfter } = row;
  return {
    connectionId,
    shard,
    expiresAt,
    since,
    lagging: lagging !== undefined,
    ...(userId !== undefined && { userId }),
    ...(joining !== undefined && { joining }),
    ...(askedAgain !== undefined && { askedAgain }),
    ...(hearsAfter !== undefined && { hearsAfter }),
  };
}
