import { expect } from 'vitest';
import type { NewNotification, NotificationLog, Origin } from '../../lambdas/ports/notification-log.ts';
import type { NewChannelEntry } from '../../lambdas/protocol/channel-entry.ts';

export class InMemoryNotificationLog implements NotificationLog {
  readonly notifications: NewNotification[] = [];
  /** What was entered besides, in order. */
  readonly entries: NewChannelEntry[] = [];
  failure: Error | undefined;
  readonly #ofOrigins = new Set<string>();

  async append(notifications: readonly NewNotification[], origin?: Origin): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    for (const [index, notification] of notifications.entries()) {
      if (origin !== undefined) {
        const row = JSON.stringify([notification.channel, origin.at, origin.seed, index]);
        if (this.#ofOrigins.has(row)) continue;
        this.#ofOrigins.add(row);
      }
      this.notifications.push(notification);
    }
  }

  async enter(entry: NewChannelEntry): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.entries.push(entry);
  }

  assertStored(...notifications: NewNotification[]): void {
    expect(this.notifications).toEqual(notifications);
  }

  assertEntered(...entries: NewChannelEntry[]): void {
    expect(this.entries).toEqual(entries);
  }

  assertNothingEntered(): void {
    this.assertEntered();
  }
}
