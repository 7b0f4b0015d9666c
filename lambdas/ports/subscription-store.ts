import type { Member } from '../protocol/member.ts';

/** A connection on a channel, as fan-out reads it. */
export interface Subscription {
  readonly connectionId: string;
  /** Epoch seconds; readers ignore a subscription whose time has come, since TTL deletes late. */
  readonly expiresAt: number;
  /** Epoch seconds at which it was made; subscribing again while it is there does not renew it. */
  readonly since: number;
  /**
   * True while deliveries to this connection on this channel wait in the retry queue: whatever comes after them has
   * to queue up behind them to keep the order.
   */
  readonly lagging: boolean;
  /** The user of the connection, on presence channels. */
  readonly userId?: string;
  /**
   * Id of the entry by which its success will be told, until that has happened: to whoever is still joining nothing is sent but
   * that.
   */
  readonly joining?: string;
  /** Id of the latest entry that was written because the connection asked once more. */
  readonly askedAgain?: string;
}

export interface SubscribeRequest {
  readonly connectionId: string;
  readonly channel: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** Epoch milliseconds at which the client asked. */
  readonly askedAt: number;
  /** On presence channels: who comes with it. */
  readonly member?: Member;
  /** Whether success is told in the order of the channel: then a `joined` entry is written in the same transaction. */
  readonly inOrder: boolean;
}

/** `gone`: the connection is not open (any more); `too-many-channels`: it is on as many as it may be. */
export type SubscribeOutcome = 'subscribed' | 'gone' | 'too-many-channels';

export interface SubscriptionStore {
  /**
   * Subscribes in one transaction with the connection's own row, the counts of the channel and its member, so that a disconnect
   * racing this leaves no ghost. Subscribing again succeeds again, and does not count again; as another member than before, it is
   * leaving and coming. A connection that was refused counts as gone.
   */
  subscribe(request: SubscribeRequest): Promise<SubscribeOutcome>;
  /** The subscription of one connection; undefined when there is none, or when its time has come. Strongly consistent. */
  find(connectionId: string, channel: string): Promise<Subscription | undefined>;
  /** Notes that the success of this entry has been told; nothing when another one is awaited by now. Idempotent. */
  markJoined(connectionId: string, channel: string, entryId: string): Promise<void>;
  /**
   * Not being subscribed is no error. A subscription asked for at `askedAt` (epoch milliseconds) or later stays: the messages of a
   * connection are handled side by side, and leaving a channel must not undo coming back to it.
   */
  unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void>;
  /**
   * Every live subscription of a channel, page by page, strongly consistent. Connections of which one is found whose time has come
   * may be removed by that.
   */
  subscribersOf(channel: string): AsyncIterable<readonly Subscription[]>;
  /** Takes a removed connection off its channels, with all that a leave changes. Idempotent. */
  removeAll(connectionId: string, channels: readonly string[]): Promise<void>;
  /**
   * Marks a subscription as waiting for a delivery in the retry queue, which goes by the sequence number of its notification in the
   * stream: up to 40 digits, ascending on a channel. The latest is what is kept, however many there are. False when the
   * subscription is gone. Idempotent.
   */
  markLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean>;
  /**
   * Whether a delivery still waits for its connection: as long as the mark is that of it or of a later one. False once the mark was
   * taken back, or the connection has left the channel since, or its time has come. Strongly consistent.
   */
  isOwed(connectionId: string, channel: string, sequenceNumber: string): Promise<boolean>;
  /** Takes the mark back once the latest delivery was made; changes nothing for an earlier one. Idempotent. */
  clearLagging(connectionId: string, channel: string, sequenceNumber: string): Promise<void>;
}
