/** Over how many shards the subscriptions of a channel are spread. */
export interface ChannelShards {
  /**
   * Sees to it that a channel with so many subscriptions is spread over as many shards as it needs, and no longer over more than it needs.
   * Subscriptions stay where they are: new ones are spread anew, and readers go by the old number for as long as one of the old may live.
   * Idempotent; several may do this at a time.
   */
  fit(channel: string, subscriptions: number): Promise<void>;
}
