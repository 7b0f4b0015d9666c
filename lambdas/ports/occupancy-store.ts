/** How many listen to a channel. `subscriptions` counts connections, `members` users (on presence channels only). */
export interface Occupancy {
  readonly subscriptions: number;
  readonly members: number;
}

/** When the number of subscriptions of a channel may be told: now, once at that time (epoch milliseconds), or it will be told anyway. */
export type CountTurn =
  | { readonly turn: 'now' }
  | { readonly turn: 'later'; readonly at: number }
  | { readonly turn: 'awaited' };

/**
 * Which channels anybody listens to. The counts change in the transactions of {@link SubscriptionStore}; whether a channel counts
 * as occupied is settled after that, by whoever sees a count reach or leave zero.
 */
export interface OccupancyStore {
  /** Strongly consistent, but no snapshot: who comes or goes meanwhile may be missed, and is seen on the stream. */
  countsOf(channel: string): Promise<Occupancy>;
  /** Notes that somebody listens. True when nobody did before: the channel has become occupied. Idempotent. */
  occupy(channel: string): Promise<boolean>;
  /** Notes that nobody listens since then (epoch milliseconds), and how long that stays so is not known yet. True when this call did so. */
  empty(channel: string, since: number): Promise<boolean>;
  /** Takes the channel from the list when it is empty still since then. True when this call did: it is vacated. */
  vacate(channel: string, since: number): Promise<boolean>;
  /** Occupied channels whose names begin so, page by page, without those that are empty for the moment. */
  occupiedChannels(prefix: string): AsyncIterable<readonly string[]>;
  /** Which of these are occupied, those that are empty for the moment included. */
  occupiedOf(channels: readonly string[]): Promise<ReadonlySet<string>>;
  /** Asks for a turn to tell the count of a channel, of which there is one each interval. */
  takeCountTurn(channel: string, intervalInMilliseconds: number): Promise<CountTurn>;
}
