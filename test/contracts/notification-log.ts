import { beforeEach, describe, expect, it } from 'vitest';
import type { NewNotification, NotificationLog } from '../../lambdas/ports/notification-log.ts';

export interface NotificationLogWorld {
  readonly log: NotificationLog;
  /** What is stored on a channel, in the order of the ids. */
  storedOn(channel: string): Promise<readonly NewNotification[]>;
  /** From now on nothing can be stored. */
  fail(): Promise<void>;
}

export function notificationLogContract(name: string, setUp: () => Promise<NotificationLogWorld>): void {
  describe(`a notification log: ${name}`, () => {
    let world: NotificationLogWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    const notification = (channel: string, more: Partial<NewNotification> = {}): NewNotification => ({
      channel,
      event: 'notification.created',
      data: '{"amount":150.50}',
      ...more,
    });

    it('stores a notification as it was given, whatever its data is', async () => {
      const given = notification('news', { data: '"ñ" \\u0000 \n', socketId: '1.2' });
      await world.log.append([given]);
      await world.log.append([notification('news', { data: '' })]);
      expect(await world.storedOn('news')).toEqual([given, notification('news', { data: '' })]);
    });

    it('stores one on each of many channels', async () => {
      const channels = Array.from({ length: 60 }, (_, index) => `channel-${index}`);
      await world.log.append(channels.map((channel) => notification(channel)));
      for (const channel of channels) {
        expect(await world.storedOn(channel)).toEqual([notification(channel)]);
      }
    });

    it('keeps the order of a channel, within one call and from call to call', async () => {
      const numbered = (from: number) =>
        Array.from({ length: 30 }, (_, index) => notification('news', { data: String(from + index) }));
      await world.log.append([...numbered(0), notification('other')]);
      await world.log.append(numbered(30));
      const stored = await world.storedOn('news');
      expect(stored.map(({ data }) => data)).toEqual(Array.from({ length: 60 }, (_, index) => String(index)));
    });

    it('stores nothing when there is nothing', async () => {
      await world.log.append([]);
      expect(await world.storedOn('news')).toEqual([]);
    });

    it('throws when a notification could not be stored', async () => {
      await world.fail();
      await expect(world.log.append([notification('news')])).rejects.toThrow();
    });
  });
}
