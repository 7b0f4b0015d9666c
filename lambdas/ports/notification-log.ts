import type { NewChannelEntry } from '../protocol/channel-entry.ts';
import type { Notification } from '../protocol/notification.ts';

/** A notification to be stored; the log gives it its id (a ULID) and its times. */
export type NewNotification = Omit<Notification, 'id'>;

/** What makes the rows of a repeated request the same rows again. */
export interface Origin {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Any text; the same one makes the same ids. */
  readonly seed: string;
}

/** The Notifications table, as our own functions write it. What is stored is broadcast by itself. */
export interface NotificationLog {
  /**
   * Stores all of them, in order of their ids; throws when one of them could not be stored. With an origin, storing them again
   * changes nothing, and what was missing of them is added.
   */
  append(notifications: readonly NewNotification[], origin?: Origin): Promise<void>;
  /** Stores what happened on a channel besides. */
  enter(entry: NewChannelEntry): Promise<void>;
}
