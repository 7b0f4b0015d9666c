import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionNamed } from './connection-store.ts';
import { NOW, type StoresWorld } from './stores-world.ts';

export function occupancyStoreContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<StoresWorld>,
): void {
  describe(`an occupancy store: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
    });

    const subscribe = (connectionId: string, channel: string, askedAt = NOW * 1000) =>
      world.subscriptions.subscribe({
        connectionId,
        channel,
        expiresAt: NOW + 60,
        askedAt,
        inOrder: false,
      });
    const unsubscribe = (connectionId: string, channel: string) =>
      world.subscriptions.unsubscribe(connectionId, channel, NOW * 1000 + 1);
    const open = async (...ids: string[]) => {
      await Promise.all(ids.map((id) => world.connections.open(connectionNamed(id))));
    };
    const subscriptionsOf = async (channel: string) =>
      (await world.occupancy.countsOf(channel)).subscriptions;
    const occupied = async (prefix = '') => {
      const found: string[] = [];
      for await (const page of world.occupancy.occupiedChannels(prefix)) found.push(...page);
      return found.sort();
    };

    describe('counting subscriptions', () => {
      it('knows of none before anybody has come', async () => {
        expect(await world.occupancy.countsOf('news')).toEqual({ subscriptions: 0, members: 0 });
      });

      it('counts a connection once however often it subscribes, and not on other channels', async () => {
        await open('a=', 'b=');
        await subscribe('a=', 'news');
        await subscribe('a=', 'news', NOW * 1000 + 5);
        await subscribe('b=', 'news');
        await subscribe('b=', 'news.today');
        expect(await world.occupancy.countsOf('news')).toEqual({ subscriptions: 2, members: 0 });
        expect(await subscriptionsOf('news.today')).toBe(1);
      });

      it('counts nobody who could not subscribe', async () => {
        await open('a=');
        for (const channel of ['1', '2', '3', '4']) await subscribe('a=', channel);
        await subscribe('nobody=', 'news');
        expect(await subscriptionsOf('4')).toBe(0);
        expect(await subscriptionsOf('news')).toBe(0);
      });

      it('counts one less with each that leaves, however often it does', async () => {
        await open('a=', 'b=');
        await subscribe('a=', 'news');
        await subscribe('b=', 'news');
        await unsubscribe('a=', 'news');
        await unsubscribe('a=', 'news');
        await unsubscribe('never=', 'news');
        expect(await subscriptionsOf('news')).toBe(1);
      });

      it('does not count whoever came back out again', async () => {
        await open('a=');
        await subscribe('a=', 'news', NOW * 1000 + 10);
        await unsubscribe('a=', 'news');
        expect(await subscriptionsOf('news')).toBe(1);
      });

      it('counts whoever leaves when its connection is gone already', async () => {
        await open('a=');
        await subscribe('a=', 'news');
        await world.connections.remove('a=');
        await unsubscribe('a=', 'news');
        expect(await subscriptionsOf('news')).toBe(0);
        expect(await world.connections.isOpen('a=')).toBe(false);
      });

      it('counts a removed connection out of its channels once, however often the removal is told', async () => {
        await open('a=', 'b=');
        for (const channel of ['1', '2', '3']) await subscribe('a=', channel);
        for (const channel of ['1', '2', '3']) await subscribe('b=', channel);
        const { channels } = await world.lastImageOf('a=');
        await world.connections.remove('a=');
        await unsubscribe('a=', '2');
        await world.subscriptions.removeAll('a=', channels);
        await world.subscriptions.removeAll('a=', channels);
        for (const channel of channels) expect(await subscriptionsOf(channel)).toBe(1);
      });

      it('counts out a subscription whose time has come long ago, and counts on', async () => {
        await open('a=', 'b=');
        await subscribe('a=', 'news');
        clock.advance(3_000_000);
        await subscribe('b=', 'news');
        expect(await subscriptionsOf('news')).toBe(2);
        await world.subscriptions.removeAll('a=', ['news']);
        expect(await subscriptionsOf('news')).toBe(1);
      });

      it('does not count whoever subscribes to a channel anew on which its time had come', async () => {
        await open('a=');
        await subscribe('a=', 'news');
        clock.advance(61_000);
        await world.subscriptions.subscribe({
          connectionId: 'a=',
          channel: 'news',
          expiresAt: NOW + 600,
          askedAt: clock.now(),
          inOrder: false,
        });
        expect(await subscriptionsOf('news')).toBe(1);
        expect(await world.subscriptions.find('a=', 'news')).toMatchObject({ expiresAt: NOW + 600 });
      });
    });

    describe('occupied channels', () => {
      it('become so once', async () => {
        expect(await world.occupancy.occupy('news')).toBe(true);
        expect(await world.occupancy.occupy('news')).toBe(false);
        expect(await occupied()).toEqual(['news']);
      });

      it('become so for one of several who say so at the same time', async () => {
        const answers = await Promise.all(Array.from({ length: 8 }, () => world.occupancy.occupy('news')));
        expect(answers.filter((answer) => answer)).toHaveLength(1);
      });

      it('are listed by how their names begin, all of them', async () => {
        const names = Array.from({ length: 30 }, (_, index) => `presence-${index}`);
        await Promise.all([...names, 'news', 'press'].map((channel) => world.occupancy.occupy(channel)));
        expect(await occupied('presence-')).toEqual(names.sort());
        expect(await occupied('presence-2')).toHaveLength(11);
        expect(await occupied('pres')).toHaveLength(31);
        expect(await occupied()).toHaveLength(32);
        expect(await occupied('private-')).toEqual([]);
      });

      it('are not listed while they are empty, and still occupied', async () => {
        await world.occupancy.occupy('news');
        await world.occupancy.occupy('other');
        expect(await world.occupancy.empty('news', NOW)).toBe(true);
        expect(await occupied()).toEqual(['other']);
        expect(await world.occupancy.occupiedOf(['news', 'other', 'third', 'news'])).toEqual(
          new Set(['news', 'other']),
        );
        expect(await world.occupancy.occupiedOf([])).toEqual(new Set());
      });

      it('are found among more than one request can ask for', async () => {
        await world.occupancy.occupy('channel-7');
        await world.occupancy.occupy('channel-249');
        const channels = Array.from({ length: 250 }, (_, index) => `channel-${index}`);
        expect(await world.occupancy.occupiedOf(channels)).toEqual(new Set(['channel-7', 'channel-249']));
      });

      it('are empty since the first time that is said, which may be repeated', async () => {
        await world.occupancy.occupy('news');
        expect(await world.occupancy.empty('news', NOW)).toBe(true);
        expect(await world.occupancy.empty('news', NOW)).toBe(true);
        expect(await world.occupancy.empty('news', NOW + 1)).toBe(false);
        expect(await world.occupancy.vacate('news', NOW + 1)).toBe(false);
        expect(await world.occupancy.vacate('news', NOW)).toBe(true);
        expect(await world.occupancy.vacate('news', NOW)).toBe(false);
        expect(await world.occupancy.occupiedOf(['news'])).toEqual(new Set());
      });

      it('are not vacated when somebody has come back, even if they are empty again', async () => {
        await world.occupancy.occupy('news');
        await world.occupancy.empty('news', NOW);
        expect(await world.occupancy.occupy('news')).toBe(false);
        expect(await occupied()).toEqual(['news']);
        expect(await world.occupancy.vacate('news', NOW)).toBe(false);
        await world.occupancy.empty('news', NOW + 5);
        expect(await world.occupancy.vacate('news', NOW)).toBe(false);
        expect(await occupied()).toEqual([]);
      });

      it('become so anew when they had been vacated', async () => {
        await world.occupancy.occupy('news');
        await world.occupancy.empty('news', NOW);
        await world.occupancy.vacate('news', NOW);
        expect(await world.occupancy.occupy('news')).toBe(true);
      });

      it('are not made by being empty or vacated', async () => {
        expect(await world.occupancy.empty('news', NOW)).toBe(false);
        expect(await world.occupancy.vacate('news', NOW)).toBe(false);
        expect(await world.occupancy.occupiedOf(['news'])).toEqual(new Set());
      });

      it('are vacated or kept, never both, when somebody comes at that moment', async () => {
        await Promise.all(
          Array.from({ length: 10 }, async (_, index) => {
            const channel = `channel-${index}`;
            await world.occupancy.occupy(channel);
            await world.occupancy.empty(channel, NOW);
            const [vacated, anew] = await Promise.all([
              world.occupancy.vacate(channel, NOW),
              world.occupancy.occupy(channel),
            ]);
            expect(anew).toBe(vacated);
            expect(await world.occupancy.occupiedOf([channel])).toEqual(new Set([channel]));
          }),
        );
      });
    });

    describe('turns to tell a count', () => {
      const at = (milliseconds: number) => NOW * 1000 + milliseconds;
      const turn = () => world.occupancy.takeCountTurn('news', 5_000);
      beforeEach(async () => {
        await world.occupancy.occupy('news');
      });

      it('come at once, then once at the end of the interval, whoever asks meanwhile', async () => {
        expect(await turn()).toEqual({ turn: 'now' });
        clock.advance(1_000);
        expect(await turn()).toEqual({ turn: 'later', at: at(5_000) });
        clock.advance(1_000);
        expect(await turn()).toEqual({ turn: 'awaited' });
      });

      it('come at once again when nobody has asked for an interval', async () => {
        await turn();
        clock.advance(5_000);
        expect(await turn()).toEqual({ turn: 'now' });
      });

      it('are an interval apart, what was told later included', async () => {
        await turn();
        clock.advance(1_000);
        await turn();
        clock.advance(4_000);
        expect(await turn()).toEqual({ turn: 'later', at: at(10_000) });
        clock.advance(5_000);
        expect(await turn()).toEqual({ turn: 'later', at: at(15_000) });
        clock.advance(10_000);
        expect(await turn()).toEqual({ turn: 'now' });
      });

      it('are given to one of several who ask at the same time', async () => {
        const turns = await Promise.all(Array.from({ length: 6 }, turn));
        expect(turns.map((each) => each.turn).sort()).toEqual([
          'awaited',
          'awaited',
          'awaited',
          'awaited',
          'later',
          'now',
        ]);
      });

      it('are not given where nobody listens, and occupy nothing', async () => {
        expect(await world.occupancy.takeCountTurn('other', 5_000)).toEqual({ turn: 'awaited' });
        expect(await world.occupancy.occupiedOf(['other'])).toEqual(new Set());
      });

      it('are kept apart from whether the channel is empty', async () => {
        await turn();
        await world.occupancy.empty('news', NOW);
        clock.advance(1_000);
        expect(await turn()).toMatchObject({ turn: 'later' });
        expect(await world.occupancy.vacate('news', NOW)).toBe(true);
        await world.occupancy.occupy('news');
        expect(await turn()).toEqual({ turn: 'now' });
      });
    });
  });
}
