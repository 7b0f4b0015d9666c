import { expect } from 'vitest';
import type { NewNotification, NotificationLog } from '../../lambdas/ports/notification-log.ts';

export class InMemoryNotificationLog implements NotificationLog {
  readonly notifications: NewNotification[] = [];
  failure: Error | undefined;

  async append(notifications: readonly NewNotification[]): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.notifications.push(...notifications);
  }

  assertStored(...notifications: NewNotification[]): void {
    expect(this.notifications).toEqual(notifications);
  }
}
