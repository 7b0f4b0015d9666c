/** The last event of each cache channel. */
export interface CacheStore {
  /**
   * Keeps the frame of an event, unless that of a later one is kept already. `sequenceNumber`: of its stream record, up to 40
   * digits. `expiresAt`: epoch seconds.
   */
  keep(
    channel: string,
    event: { readonly frame: string; readonly sequenceNumber: string; readonly expiresAt: number },
  ): Promise<void>;
  /** The frame as it was sent; undefined when there is none, or when it has expired. Strongly consistent. */
  frameOf(channel: string): Promise<string | undefined>;
}
