/** How far an entry has come in a shard. `after`: who comes first in the order of connection ids has had its turn, up to this one. */
export type Progress = 'done' | { readonly after?: string };

/**
 * What is known of the entries that go through the delivery queue. An entry goes by the sequence number of its record in the stream: up to 40
 * digits, ascending on a channel.
 */
export interface DeliveryProgress {
  /**
   * Notes that an entry goes through the delivery queue: until that is done in shard 0, `isQueued` says so there. Before it is enqueued, or
   * what comes next could overtake it. The latest is what is kept. Idempotent. Resolves to the shards over which the channel is spread
   * (strongly consistent), each of which has to get it.
   */
  noteQueued(channel: string, sequenceNumber: string): Promise<number>;
  /** `done` when this very entry was the last that was finished there; what another one left behind is nothing to this one. */
  progressOf(channel: string, shard: number, sequenceNumber: string): Promise<Progress>;
  /** Notes that everybody up to this connection has had its turn, so that who takes the entry up again goes on behind it. */
  notePassed(channel: string, shard: number, sequenceNumber: string, connectionId: string): Promise<void>;
  /** Notes that everybody in the shard has had its turn. An earlier entry, finished late, leaves a later mark as it is. */
  noteDone(channel: string, shard: number, sequenceNumber: string): Promise<void>;
}
