/** One stored event awaiting fan-out. */
export interface Notification {
  readonly channel: string;
  /** Sorts by time within its channel; a ULID when we gave it. */
  readonly id: string;
  readonly event: string;
  /** What goes into the frame's `data`, as the exact string. */
  readonly data: string;
  /** The socket id that shall not get it (`broadcast()->toOthers()`). */
  readonly socketId?: string;
}
