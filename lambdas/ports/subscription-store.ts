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
}

/** `gone`: the connection is not open (any more); `too-many-channels`: it is on as many as it may be. */
export type SubscribeOutcome = 'subscribed' | 'gone' | 'too-many-channels';

export interface SubscriptionStore {
  /**
   * Subscribes in one transaction with the connection's own row, so that a disconnect racing this leaves no ghost.
   * Subscribing again succeeds again. A connection that was refused counts as gone.
   */
  subscribe(request: {
    readonly connectionId: string;
    readonly channel: string;
    /** Epoch seconds. */
    readonly expiresAt: number;
    /** Epoch milliseconds at which the client asked. */
    readonly askedAt: number;
  }): Promise<SubscribeOutcome>;
  /**
   * Not being subscribed is no error. A subscription asked for at `askedAt` (epoch milliseconds) or later stays: the messages of a
   * connection are handled side by side, and leaving a channel must not undo coming back to it.
   */
  unsubscribe(connectionId: string, channel: string, askedAt: number): Promise<void>;
  /** Every live subscription of a channel, page by page, strongly consistent. */
  subscribersOf(channel: string): AsyncIterable<readonly Subscription[]>;
  /** Deletes what a removed connection left behind. */
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
