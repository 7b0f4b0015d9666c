import type { Notification } from '../protocol/notification.ts';

/** A notification to be stored; the log gives it its id (a ULID) and its times. */
export type NewNotification = Omit<Notification, 'id'>;

/** The Notifications table, as the HTTP API writes it. What is stored is broadcast by itself. */
export interface NotificationLog {
  /** Stores all of them, in order of their ids; throws when one of them could not be stored. */
  append(notifications: readonly NewNotification[]): Promise<void>;
}
