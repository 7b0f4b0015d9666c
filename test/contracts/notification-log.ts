import { beforeEach, describe, expect, it } from 'vitest';
import type { NewNotification, NotificationLog } from '../../lambdas/ports/notification-log.ts';
import type { NewChannelEntry } from '../../lambdas/protocol/channel-entry.ts';

export interface NotificationLogWorld {
  readonly log: NotificationLog;
  /** What is stored on a channel, in the order of the ids. */
  storedOn(channel: string): Promise<readonly NewNotification[]>;
  /** What was entered on a channel besides, in the order of the ids. */
  enteredOn(channel: string): Promise<readonly NewChannelEntry[]>;
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

    const origin = { at: 1_764_000_000_123, seed: 'seed' };

    it('stores what comes from one origin once, whole and in order, however often it is told to', async () => {
      const given = Array.from({ length: 30 }, (_, index) => notification('news', { data: String(index) }));
      await world.log.append(given.slice(0, 12), origin);
      for (const _ of ['again', 'and again']) await world.log.append(given, origin);
      expect(await world.storedOn('news')).toEqual(given);
    });

    it.each([
      ['of another seed', { ...origin, seed: 'other seed' }],
      ['of another time', { ...origin, at: origin.at + 1 }],
    ])('takes an origin %s for another one', async (_, other) => {
      await world.log.append([notification('news')], origin);
      await world.log.append([notification('news')], other);
      expect(await world.storedOn('news')).toHaveLength(2);
    });

    it('stores the same notification as often as it comes without an origin', async () => {
      await world.log.append([notification('news')]);
      await world.log.append([notification('news')]);
      expect(await world.storedOn('news')).toHaveLength(2);
    });

    it.each<NewChannelEntry>([
      {
        kind: 'client-event',
        channel: 'presence-room',
        event: 'client-typing',
        data: '{"a":[1]}',
        socketId: '1.2',
        userId: '7',
      },
      {
        kind: 'joined',
        channel: 'presence-room',
        connectionId: 'a=',
        fresh: true,
        newMember: true,
        member: { userId: '7', channelData: '{"user_id":"7"}' },
      },
      { kind: 'joined', channel: 'cache-news', connectionId: 'a=', fresh: false, newMember: false },
      { kind: 'left', channel: 'presence-room', member: { userId: '7', channelData: '{"user_id":"7"}' } },
      { kind: 'subscription-count', channel: 'news', count: 12 },
      { kind: 'watched-user', channel: '#watchlist-7', name: 'online', userId: '7' },
    ])('enters what happened as it was given: $kind', async (entry) => {
      await world.log.enter(entry);
      expect(await world.enteredOn(entry.channel)).toEqual([entry]);
      expect(await world.storedOn(entry.channel)).toEqual([]);
    });

    it('keeps the order of what is entered', async () => {
      const entries = Array.from(
        { length: 20 },
        (_, count) => ({ kind: 'subscription-count', channel: 'news', count }) as const,
      );
      for (const entry of entries) await world.log.enter(entry);
      expect(await world.enteredOn('news')).toEqual(entries);
    });

    it('throws when it could not be stored', async () => {
      await world.fail();
      await expect(
        world.log.enter({ kind: 'subscription-count', channel: 'news', count: 1 }),
      ).rejects.toThrow();
      await expect(world.log.append([notification('news')])).rejects.toThrow();
    });
  });
}
