import { beforeEach, describe, expect, it } from 'vitest';
import type { SubscriptionStore } from '../../lambdas/ports/subscription-store.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionNamed } from './connection-store.ts';
import { memberNamed } from './presence-store.ts';
import { everySubscription, NOW, type StoresWorld } from './stores-world.ts';

const IDS = Array.from({ length: 24 }, (_, index) => `c${String(index).padStart(2, '0')}=`);
const OLD = IDS.slice(0, 12);
const NEW = IDS.slice(12);
const HOUR = 3_600_000;
/** So many that a channel is spread over eight shards. */
const MANY = 30_000;

/** Of a store in which the subscriptions of a channel are spread over several shards. */
export function shardedSubscriptionsContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<StoresWorld>,
): void {
  describe(`subscriptions in several shards: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
      await Promise.all(IDS.map((id) => world.connections.open(connectionNamed(id))));
    });

    const join = (connectionId: string, store: SubscriptionStore = world.subscriptions, channel = 'news') =>
      store.subscribe({
        connectionId,
        channel,
        expiresAt: NOW + 7_500,
        askedAt: clock.now(),
        inOrder: false,
      });
    const joinAs = (connectionId: string, userId: string, store: SubscriptionStore) =>
      store.subscribe({
        connectionId,
        channel: 'presence-room',
        expiresAt: NOW + 7_500,
        askedAt: clock.now(),
        inOrder: true,
        member: memberNamed(userId),
      });
    const leave = (connectionId: string, store: SubscriptionStore = world.subscriptions, channel = 'news') =>
      store.unsubscribe(connectionId, channel, clock.now() + 1);
    const listening = async (channel = 'news') =>
      (await everySubscription(world.subscriptions, channel)).map(({ connectionId }) => connectionId);
    const shardOf = async (connectionId: string, channel = 'news') =>
      (await world.subscriptions.find(connectionId, channel))?.shard;
    const shardsOf = async (ids: readonly string[]) =>
      new Set(await Promise.all(ids.map((id) => shardOf(id))));
    const counted = async (channel = 'news') => (await world.occupancy.countsOf(channel)).subscriptions;
    /** Some have come before the channel grew, in an environment that goes on believing that there is one shard; the others after that. */
    const growing = async (channel = 'news') => {
      for (const id of OLD) await join(id, world.subscriptions, channel);
      await world.shards.fit(channel, MANY);
      const other = world.anotherEnvironment();
      for (const id of NEW) await join(id, other, channel);
    };

    it('stay where they are when there are more shards, over which new ones are spread', async () => {
      await growing();
      expect(await shardsOf(OLD)).toEqual(new Set([0]));
      const shards = await shardsOf(NEW);
      expect(shards.size).toBeGreaterThan(2);
      for (const shard of shards) expect(shard).toBeLessThan(8);
      expect(await listening()).toEqual(IDS);
      expect(await counted()).toBe(IDS.length);
    });

    it('are each read in the shard where they are said to be', async () => {
      await growing();
      let seen = 0;
      for (let shard = 0; shard < 8; shard++) {
        for await (const page of world.subscriptions.subscribersOf('news', shard)) {
          for (const subscription of page) {
            expect(subscription.shard).toBe(shard);
            expect(await world.subscriptions.find(subscription.connectionId, 'news')).toEqual(subscription);
            seen += 1;
          }
        }
      }
      expect(seen).toBe(IDS.length);
    });

    it('are read on from any connection, one that has left too', async () => {
      for (const id of OLD) await join(id);
      const onFrom = async (connectionId: string) => {
        const found: string[] = [];
        for await (const page of world.subscriptions.subscribersOf('news', 0, connectionId)) {
          found.push(...page.map((subscription) => subscription.connectionId));
        }
        return found;
      };
      expect(await onFrom('c04=')).toEqual(OLD.slice(5));
      await leave('c04=');
      expect(await onFrom('c04=')).toEqual(OLD.slice(5));
      expect(await onFrom('A')).toEqual(OLD.filter((id) => id !== 'c04='));
      expect(await onFrom('c11=')).toEqual([]);
    });

    it('are read by whoever has subscribed to a shard that is believed to be the only one', async () => {
      await join('c00=');
      await world.shards.fit('news', MANY);
      for (const id of OLD) await join(id);
      expect(await listening()).toEqual(OLD);
    });

    it('are found by who remembers another number of shards, and by who remembers none', async () => {
      await growing();
      for (const store of [world.subscriptions, world.anotherEnvironment()]) {
        for (const id of IDS) {
          expect((await store.find(id, 'news'))?.connectionId).toBe(id);
          clock.advance(4_000);
        }
        expect(await store.find('nobody=', 'news')).toBeUndefined();
      }
    });

    it('are found in the shard where they are, and in no other, by who says which', async () => {
      await growing();
      const unknowing = world.anotherEnvironment();
      for (const id of IDS) {
        const found = await world.subscriptions.find(id, 'news');
        const at = (shard: number) => unknowing.findAt({ connectionId: id, channel: 'news', shard });
        expect(await at(found?.shard ?? -1)).toEqual(found);
        expect(await at(((found?.shard ?? 0) + 1) % 8)).toBeUndefined();
      }
      expect(await unknowing.findAt({ connectionId: 'nobody=', channel: 'news', shard: 0 })).toBeUndefined();
      expect(await unknowing.findAt({ connectionId: 'c00=', channel: 'other', shard: 0 })).toBeUndefined();
      clock.advance(7_500_000);
      expect(await unknowing.findAt({ connectionId: 'c00=', channel: 'news', shard: 0 })).toBeUndefined();
    });

    it('are made once: who asks again once there are more shards stays where it is', async () => {
      for (const id of OLD) await join(id);
      await world.shards.fit('news', MANY);
      clock.advance(11_000);
      for (const id of OLD) expect(await join(id)).toBe('subscribed');
      expect(await shardsOf(OLD)).toEqual(new Set([0]));
      expect(await listening()).toEqual(OLD);
      expect(await counted()).toBe(OLD.length);
      expect(await world.subscriptions.find('c00=', 'news')).toMatchObject({ since: NOW });
    });

    it('are made once by a connection that asks twice at the same time, of two that know different numbers of shards', async () => {
      await join('c00=');
      await world.shards.fit('news', MANY);
      const other = world.anotherEnvironment();
      const outcomes = await Promise.all(IDS.slice(1).flatMap((id) => [join(id), join(id, other)]));
      expect(new Set(outcomes)).toEqual(new Set(['subscribed']));
      expect(await listening()).toEqual(IDS);
      expect(await counted()).toBe(IDS.length);
    });

    it('are left wherever they are: by who remembers another number of shards, and by who remembers none', async () => {
      await growing();
      const unknowing = world.anotherEnvironment();
      for (const [index, id] of IDS.entries()) {
        await leave(id, index % 2 === 0 ? world.subscriptions : unknowing);
        expect(await world.subscriptions.find(id, 'news')).toBeUndefined();
      }
      expect(await listening()).toEqual([]);
      expect(await counted()).toBe(0);
      expect((await world.lastImageOf('c20=')).channels).toEqual([]);
    });

    it('stay when they were asked for later than leaving was, in another shard too', async () => {
      await growing();
      for (const id of IDS) await world.subscriptions.unsubscribe(id, 'news', clock.now());
      expect(await listening()).toEqual(IDS);
    });

    it('are removed wherever they are, of a connection that is gone', async () => {
      await growing();
      await growing('presence-cache-hall');
      for (const id of IDS) {
        const { channels } = await world.lastImageOf(id);
        await world.connections.remove(id);
        for (const _ of ['told', 'told again']) {
          await world.anotherEnvironment().removeAll(id, [...channels, 'never-been-there']);
        }
      }
      for (const channel of ['news', 'presence-cache-hall']) {
        expect(await listening(channel)).toEqual([]);
        expect(await counted(channel)).toBe(0);
      }
    });

    it('are removed after a month too, when nobody reads their shard any more', async () => {
      await growing();
      await world.shards.fit('news', 10);
      clock.advance(4 * HOUR);
      await world.shards.fit('news', 5_000);
      await world.shards.fit('news', 10);
      clock.advance(29 * 24 * HOUR);
      for (const id of IDS) {
        await world.connections.remove(id);
        await world.subscriptions.removeAll(id, ['news']);
      }
      expect(await counted()).toBe(0);
    });

    it('of members are left and taken over as others are', async () => {
      const room = 'presence-room';
      const before = world.subscriptions;
      for (const id of OLD) await joinAs(id, id, before);
      await world.shards.fit(room, MANY);
      const after = world.anotherEnvironment();
      for (const id of NEW) await joinAs(id, id, after);
      expect(await listening(room)).toEqual(IDS);

      for (const id of IDS) expect(await joinAs(id, 'somebody else', before)).toBe('subscribed');
      expect(await world.occupancy.countsOf(room)).toEqual({
        subscriptions: IDS.length,
        members: IDS.length + 1,
      });
      for (const id of IDS) {
        expect(await world.absenceOf(room, id)).toBeDefined();
        await leave(id, world.anotherEnvironment(), room);
      }
      expect(await listening(room)).toEqual([]);
      expect(await world.absenceOf(room, 'somebody else')).toBeDefined();
    });

    it('are read for as long as they may be there, when there are fewer shards', async () => {
      await growing();
      await world.shards.fit('news', 24);
      expect(await listening()).toEqual(IDS);
      clock.advance(2 * HOUR);
      expect(await listening()).toEqual(IDS);
      await leave('c20=');
      expect(await join('c20=')).toBe('subscribed');
      expect(await shardOf('c20=')).toBe(0);
    });

    it('lag behind in the place where they are', async () => {
      await growing();
      const id = NEW.find((_, index) => index > 0) ?? '';
      const shard = (await shardOf(id)) ?? 0;
      const place = { connectionId: id, channel: 'news', shard };
      const elsewhere = { ...place, shard: (shard + 1) % 8 };
      expect(await world.subscriptions.markLagging(elsewhere, '7')).toBe(false);
      expect(await world.subscriptions.markLagging(place, '7')).toBe(true);
      expect(await world.subscriptions.isOwed(place, '7')).toBe(true);
      expect(await world.subscriptions.isOwed(elsewhere, '7')).toBe(false);
      await world.subscriptions.clearLagging(elsewhere, '7');
      expect(await world.subscriptions.isOwed(place, '7')).toBe(true);
      await world.subscriptions.clearLagging(place, '7');
      expect(await world.subscriptions.isOwed(place, '7')).toBe(false);
      expect(await listening()).toEqual(IDS);
    });

    it('await their success in the place where they are', async () => {
      await world.shards.fit('presence-room', MANY);
      for (const id of NEW) await joinAs(id, id, world.subscriptions);
      for (const id of NEW) {
        const { shard = 0, joining = '' } = (await world.subscriptions.find(id, 'presence-room')) ?? {};
        const place = { connectionId: id, channel: 'presence-room', shard };
        await world.subscriptions.markJoined({ ...place, shard: (shard + 1) % 8 }, joining, '7');
        expect(await world.subscriptions.find(id, 'presence-room')).toHaveProperty('joining');
        await world.subscriptions.markJoined(place, joining, '7');
        expect(await world.subscriptions.find(id, 'presence-room')).not.toHaveProperty('joining');
      }
      expect(await listening('presence-room')).toEqual(NEW);
    });
  });

  describe(`an audience: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
      await Promise.all(IDS.map((id) => world.connections.open(connectionNamed(id))));
    });

    const join = (connectionId: string, expiresAt = NOW + 60) =>
      world.subscriptions.subscribe({
        connectionId,
        channel: 'news',
        expiresAt,
        askedAt: clock.now(),
        inOrder: false,
      });
    const audience = async (most: number) => {
      const { subscriptions, ...others } = await world.subscriptions.audienceOf('news', most);
      return { ...others, ids: subscriptions.map(({ connectionId }) => connectionId) };
    };

    it.each([
      ['nothing beside it', async () => undefined],
      ['a queue beside it', async () => void (await world.progress.noteQueued('news', '7'))],
      [
        'a queue and shards beside it',
        async () => {
          await world.progress.noteQueued('news', '7');
          await world.shards.fit('news', 5_000);
        },
      ],
    ])('is the first of a shard in their order, and says whether these are all: %s', async (_, beside) => {
      for (const id of ['c02=', 'c00=', 'c03=', 'c01=']) await join(id);
      await beside();
      const ids = ['c00=', 'c01=', 'c02=', 'c03='];
      for (const most of [1, 2, 3]) {
        expect(await audience(most)).toMatchObject({ ids: ids.slice(0, most), isComplete: false });
      }
      for (const most of [4, 5, 500]) expect(await audience(most)).toMatchObject({ ids, isComplete: true });
    });

    it('is nobody where nobody listens, and that is all', async () => {
      expect(await audience(1)).toEqual({ shards: 1, isQueued: false, ids: [], isComplete: true });
    });

    it('is without those whose time has come', async () => {
      for (const id of IDS.slice(0, 4)) await join(id, NOW + 10);
      await join('c10=');
      clock.advance(10_000);
      expect(await audience(500)).toMatchObject({ ids: ['c10='], isComplete: true });
    });

    it('is of the first shard alone, and says how many more there are', async () => {
      await world.shards.fit('news', MANY);
      for (const id of IDS) await join(id);
      const { shards, ids } = await audience(500);
      expect(shards).toBe(8);
      expect(ids.length).toBeLessThan(IDS.length);
      for (const id of ids) expect(await world.subscriptions.find(id, 'news')).toMatchObject({ shard: 0 });
    });
  });
}
