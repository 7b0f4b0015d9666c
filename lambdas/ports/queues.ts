import type { ChannelEntry } from '../protocol/channel-entry.ts';
import type { Absence } from './presence-store.ts';
import type { SubscriptionPlace } from './subscription-store.ts';

/** Frames owed to one connection, most often one, in their order. */
export interface PendingDelivery extends SubscriptionPlace {
  readonly notificationId: string;
  /** Of the notification in its stream: decimal digits, too many for a number. What comes later on a channel has a higher one. */
  readonly sequenceNumber: string;
  /** Complete, as they go onto the wire. */
  readonly frames: readonly string[];
}

/** The FIFO queue behind whoever posts to subscribers, and the one for what was given up there: per connection and channel in order. */
export interface RetryQueue {
  /**
   * A delivery is kept once a call, and once more with every call: whoever calls again has marked it anew, and a mark without a
   * message would be there for ever. Throws when a delivery could not be queued.
   */
  enqueue(deliveries: readonly PendingDelivery[]): Promise<void>;
}

/** Whom an entry is not for: one connection, or all of a user. */
export interface Exception {
  readonly connectionId?: string;
  readonly userId?: string;
}

/** An entry of a channel with many listeners, for those of one shard. */
export interface ShardDelivery {
  readonly channel: string;
  readonly shard: number;
  readonly kind: ChannelEntry['kind'];
  readonly notificationId: string;
  /** Of its record in the stream, as in {@link PendingDelivery}. */
  readonly sequenceNumber: string;
  /** Epoch seconds at which the entry was stored; whoever subscribed later does not get it. Left out, everybody gets it. */
  readonly storedAt?: number;
  /** Complete, as they go onto the wire, in their order. */
  readonly frames: readonly string[];
  readonly except?: Exception;
  /** The connection that alone it is for; left out, it is for all that are not excepted. */
  readonly only?: string;
}

/** The FIFO queue of large audiences: per channel and shard in order. */
export interface DeliveryQueue {
  /**
   * Enqueued again within five minutes, the same entry, which is known by its sequence number, is kept once for the same shard; after that it is
   * for the consumer to know what it has done. Throws when one could not be queued; of the others, which may be on their way at the same time, some
   * may have been.
   */
  enqueue(deliveries: readonly ShardDelivery[]): Promise<void>;
}

/** When messages of a queue that failed come again. */
export interface MessageRepetition {
  /**
   * `receiptHandle`: of this receive; `inSeconds`: whole, up to 43,200. Throws when a message could not be postponed: it comes again
   * all the same, when the queue thinks best.
   */
  postpone(
    messages: readonly { readonly receiptHandle: string; readonly inSeconds: number }[],
  ): Promise<void>;
}

/** A row that cannot be broadcast, whole, with the reason in plain words. */
export interface DeadLetter {
  readonly reason: string;
  /** The row in DynamoDB JSON. */
  readonly row: unknown;
  /** Where it came from: sequence number of the stream record. */
  readonly sequenceNumber: string;
}

export interface DeadLetterQueue {
  bury(letter: DeadLetter): Promise<void>;
}

/** Wakes somebody at the time a token expires. */
export interface ExpirySchedule {
  /** `at`: epoch seconds; may fire early, never late by more than seconds; whoever is woken early schedules again. */
  schedule(connectionId: string, at: number): Promise<void>;
}

/** What has to be looked at again when the grace is over: whether somebody has come back meanwhile. */
export type GraceWake =
  | ({ readonly kind: 'absence' } & Absence)
  | { readonly kind: 'vacancy'; readonly channel: string; readonly since: number }
  | { readonly kind: 'count'; readonly channel: string };

/** Wakes somebody after a while. */
export interface GraceSchedule {
  /** `inSeconds`: up to 900; what is longer comes early. */
  schedule(wake: GraceWake, inSeconds: number): Promise<void>;
}
