import type { Member } from '../protocol/member.ts';

/** Where the subscription of a connection to a channel is kept. */
export interface SubscriptionPlace {
  readonly connectionId: string;
  readonly channel: string;
  /** Of the shards over which the subscriptions of the channel are spread; stays the same while the subscription is there. */
  readonly shard: number;
}

/** A connection on a channel, as fan-out reads it. */
export interface Subscription {
  readonly connectionId: string;
  /** The shard of its channel in which it was found. */
  readonly shard: number;
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
  /**
   * Sequence number of the entry by which its success was told, where success is told in the order of the channel: what has this number or
   * an earlier one is not for it, however late it is delivered.
   */
  readonly hearsAfter?: string;
}

/** Who listens to a channel, as far as one read tells. */
export interface Audience {
  /**
   * Over how many shards its subscriptions are spread, counted from 0: whoever has to reach all of them reads each. 1 for all channels but
   * large ones.
   */
  readonly shards: number;
  /** Whether something earlier still waits in the delivery queue for shard 0: then what comes now has to line up behind it. */
  readonly isQueued: boolean;
  /** The first live subscriptions of shard 0. */
  readonly subscriptions: readonly Subscription[];
  /** Whether these are all that shard 0 has. */
  readonly isComplete: boolean;
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
  /** As `find`, for who knows where the subscription is: in another shard it is not looked for. */
  findAt(place: SubscriptionPlace): Promise<Subscription | undefined>;
  /**
   * Notes that the success of this entry has been told, which stands at `sequenceNumber` in its stream: the subscription hears what comes after
   * it. Nothing when another entry is awaited by now. Idempotent.
   */
  markJoined(place: SubscriptionPlace, entryId: string, sequenceNumber: string): Promise<void>;
  /**
   * Not being subscribed is no error. A subscription asked for at `askedAt` (epoch milliseconds) or later stays: the messages of a
   * connection are handled side by side, and leaving a channel must not undo coming back to it.
   */
  unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void>;
  /**
   * Looks at who listens, with one read, strongly consistent: at most `most` subscriptions of shard 0, which for a small channel are
   * all. Connections of which one is found whose time has come may be removed by that.
   */
  audienceOf(channel: string, most: number): Promise<Audience>;
  /**
   * Every live subscription in one shard of a channel, in pages of at most some hundreds, in the order of their connection ids, strongly consistent; only those
   * whose connection id comes after `after` where that is given. Connections of which one is found whose time has come may be removed by that.
   */
  subscribersOf(channel: string, shard: number, after?: string): AsyncIterable<readonly Subscription[]>;
  /** Takes a removed connection off its channels, with all that a leave changes. Idempotent. */
  removeAll(connectionId: string, channels: readonly string[]): Promise<void>;
  /**
   * Marks a subscription as waiting for a delivery in the retry queue, which goes by the sequence number of its notification in the
   * stream: up to 40 digits, ascending on a channel. The latest is what is kept, however many there are. False when the
   * subscription is gone. Idempotent.
   */
  markLagging(place: SubscriptionPlace, sequenceNumber: string): Promise<boolean>;
  /**
   * Whether a delivery still waits for its connection: as long as the mark is that of it or of a later one. False once the mark was
   * taken back, or the connection has left the channel since, or its time has come; and of what was stored before the entry by which
   * its success was told, see `hearsAfter`. Strongly consistent.
   */
  isOwed(place: SubscriptionPlace, sequenceNumber: string): Promise<boolean>;
  /** Takes the mark back once the latest delivery was made; changes nothing for an earlier one. Idempotent. */
  clearLagging(place: SubscriptionPlace, sequenceNumber: string): Promise<void>;
}
