import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionNamed } from './connection-store.ts';
import { everySubscription, NOW, type StoresWorld } from './stores-world.ts';

/** On how many channels a connection of a world may be. */
export const MAX_CHANNELS = 3;

export function subscriptionStoreContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<StoresWorld>,
): void {
  describe(`a subscription store: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
      await world.connections.open(connectionNamed('a='));
      await world.connections.open(connectionNamed('b='));
    });

    const subscribe = (connectionId: string, channel: string, expiresAt = NOW + 60, askedAt = NOW * 1000) =>
      world.subscriptions.subscribe({ connectionId, channel, expiresAt, askedAt, inOrder: false });

    const at = (connectionId: string, channel: string) => ({ connectionId, channel, shard: 0 });

    const unsubscribe = (connectionId: string, channel: string, askedAt = NOW * 1000 + 1) =>
      world.subscriptions.unsubscribe(connectionId, channel, askedAt);

    const subscribersOf = (channel: string) => everySubscription(world.subscriptions, channel);

    it('lists the connections of a channel and of no other', async () => {
      expect(await subscribe('a=', 'private-commerce.12')).toBe('subscribed');
      expect(await subscribe('b=', 'private-commerce.12')).toBe('subscribed');
      expect(await subscribe('b=', 'private-commerce.1')).toBe('subscribed');
      expect(await subscribersOf('private-commerce.12')).toEqual([
        { connectionId: 'a=', shard: 0, expiresAt: NOW + 60, since: NOW, lagging: false },
        { connectionId: 'b=', shard: 0, expiresAt: NOW + 60, since: NOW, lagging: false },
      ]);
      expect(await subscribersOf('private-commerce.123')).toEqual([]);
    });

    it('subscribes again, for as long as the latest subscription says and since the first', async () => {
      await subscribe('a=', 'news');
      clock.advance(10_000);
      expect(await subscribe('a=', 'news', NOW + 120)).toBe('subscribed');
      expect(await subscribersOf('news')).toEqual([
        { connectionId: 'a=', shard: 0, expiresAt: NOW + 120, since: NOW, lagging: false },
      ]);
    });

    it('subscribes anew whoever has left the channel in between', async () => {
      await subscribe('a=', 'news');
      await unsubscribe('a=', 'news');
      clock.advance(10_000);
      await subscribe('a=', 'news');
      expect(await subscribersOf('news')).toMatchObject([{ since: NOW + 10 }]);
    });

    it.each([
      ['at the same millisecond', NOW * 1000],
      ['later', NOW * 1000 + 1],
    ])('keeps whoever came back %s, though leaving is handled last', async (_, cameBackAt) => {
      await subscribe('a=', 'news', NOW + 60, cameBackAt);

      await unsubscribe('a=', 'news', NOW * 1000);

      expect(await subscribersOf('news')).toHaveLength(1);
      expect((await world.lastImageOf('a=')).channels).toEqual(['news']);
    });

    it('goes by the latest time at which the channel was asked for, whatever is handled last', async () => {
      await subscribe('a=', 'news', NOW + 60, NOW * 1000 + 20);
      await subscribe('a=', 'news', NOW + 60, NOW * 1000);

      await unsubscribe('a=', 'news', NOW * 1000 + 10);
      expect(await subscribersOf('news')).toHaveLength(1);

      await unsubscribe('a=', 'news', NOW * 1000 + 21);
      expect(await subscribersOf('news')).toEqual([]);
    });

    it('finds the subscription of one connection, for as long as it is valid', async () => {
      await subscribe('a=', 'news', NOW + 60);
      expect(await world.subscriptions.find('a=', 'news')).toEqual({
        connectionId: 'a=',
        shard: 0,
        expiresAt: NOW + 60,
        since: NOW,
        lagging: false,
      });
      expect(await world.subscriptions.find('b=', 'news')).toBeUndefined();
      expect(await world.subscriptions.find('a=', 'other')).toBeUndefined();
      clock.advance(60_000);
      expect(await world.subscriptions.find('a=', 'news')).toBeUndefined();
    });

    it('leaves out a subscription whose time has come', async () => {
      await subscribe('a=', 'news', NOW);
      await subscribe('b=', 'news', NOW + 1);
      expect((await subscribersOf('news')).map(({ connectionId }) => connectionId)).toEqual(['b=']);
    });

    it('knows nobody who is not connected, and leaves no ghost of them', async () => {
      expect(await subscribe('nobody=', 'news')).toBe('gone');
      expect(await subscribersOf('news')).toEqual([]);
      expect(await world.connections.isOpen('nobody=')).toBe(false);
    });

    it('treats a connection that was removed as gone', async () => {
      await world.connections.remove('a=');
      expect(await subscribe('a=', 'news')).toBe('gone');
    });

    it('treats a connection that was refused as gone', async () => {
      await world.connections.open(connectionNamed('refused=', { refusal: 4001 }));
      expect(await subscribe('refused=', 'news')).toBe('gone');
    });

    it('treats a connection whose time has come as gone', async () => {
      await world.connections.open(connectionNamed('expired=', { expiresAt: NOW }));
      expect(await subscribe('expired=', 'news')).toBe('gone');
    });

    it('puts a connection on as many channels as it may be on, and on no more', async () => {
      for (let index = 0; index < MAX_CHANNELS; index++) {
        expect(await subscribe('a=', `channel-${index}`)).toBe('subscribed');
      }
      expect(await subscribe('a=', 'one-more')).toBe('too-many-channels');
      expect(await subscribersOf('one-more')).toEqual([]);
      expect(await subscribe('b=', 'one-more')).toBe('subscribed');
    });

    it('subscribes again on a full connection, and anew after a channel was left', async () => {
      for (let index = 0; index < MAX_CHANNELS; index++) {
        await subscribe('a=', `channel-${index}`);
      }
      expect(await subscribe('a=', 'channel-1')).toBe('subscribed');
      await unsubscribe('a=', 'channel-1');
      expect(await subscribersOf('channel-1')).toEqual([]);
      expect(await subscribe('a=', 'one-more')).toBe('subscribed');
    });

    it('unsubscribes whoever is not subscribed or not connected without creating anything', async () => {
      await unsubscribe('a=', 'news');
      await unsubscribe('nobody=', 'news');
      expect(await subscribersOf('news')).toEqual([]);
      expect(await world.connections.isOpen('nobody=')).toBe(false);
    });

    it('says in the last image of a connection which channels it was on', async () => {
      await subscribe('a=', 'one');
      await subscribe('a=', 'two');
      await subscribe('a=', 'three');
      await unsubscribe('a=', 'two');
      expect([...(await world.lastImageOf('a=')).channels].sort()).toEqual(['one', 'three']);
      expect((await world.lastImageOf('b=')).channels).toEqual([]);
    });

    it('subscribes and unsubscribes the same connection on many channels at once', async () => {
      await Promise.all([
        subscribe('a=', 'one'),
        subscribe('a=', 'two'),
        subscribe('a=', 'three'),
        subscribe('b=', 'one'),
      ]);
      expect([...(await world.lastImageOf('a=')).channels].sort()).toEqual(['one', 'three', 'two']);
      expect(await subscribersOf('one')).toHaveLength(2);
    });

    it('removes what a connection left behind on every channel, and nothing of others', async () => {
      const channels = Array.from({ length: 60 }, (_, index) => `channel-${index}`);
      await subscribe('a=', 'channel-0');
      await subscribe('a=', 'channel-59');
      await subscribe('b=', 'channel-59');
      await world.subscriptions.removeAll('a=', channels);
      expect(await subscribersOf('channel-0')).toEqual([]);
      expect((await subscribersOf('channel-59')).map(({ connectionId }) => connectionId)).toEqual(['b=']);
    });

    it('removes nothing when nothing was left behind', async () => {
      await expect(world.subscriptions.removeAll('a=', [])).resolves.toBeUndefined();
    });

    describe('lagging behind', () => {
      const [n1, n2, n3] = ['1', '2', '3'].map((n) => `40000000000000000000${n}`) as [string, string, string];
      const lagging = async () => (await subscribersOf('news')).map((subscription) => subscription.lagging);

      it('is a mark that is taken back with the delivery that set it', async () => {
        await subscribe('a=', 'news');
        expect(await world.subscriptions.markLagging(at('a=', 'news'), n1)).toBe(true);
        expect(await lagging()).toEqual([true]);
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        expect(await lagging()).toEqual([false]);
      });

      it('lasts until the latest of the waiting deliveries is made, and each of them is owed until then', async () => {
        await subscribe('a=', 'news');
        for (const mark of [n1, n2, n3]) {
          expect(await world.subscriptions.markLagging(at('a=', 'news'), mark)).toBe(true);
        }
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        await world.subscriptions.clearLagging(at('a=', 'news'), n2);
        expect(await lagging()).toEqual([true]);
        for (const mark of [n1, n2, n3]) {
          expect(await world.subscriptions.isOwed(at('a=', 'news'), mark)).toBe(true);
        }
        await world.subscriptions.clearLagging(at('a=', 'news'), n3);
        expect(await lagging()).toEqual([false]);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n1)).toBe(false);
      });

      it('is not taken back to an earlier delivery, which is to be queued all the same', async () => {
        await subscribe('a=', 'news');
        await world.subscriptions.markLagging(at('a=', 'news'), n2);
        expect(await world.subscriptions.markLagging(at('a=', 'news'), n1)).toBe(true);
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n2)).toBe(true);
      });

      it.each([
        ['of which one has a digit more', '999999999999999999999', '1000000000000000000000'],
        ['that differ by one in 40 digits', `${'9'.repeat(39)}7`, `${'9'.repeat(39)}8`],
        ['that differ by one in 21 digits', '100000000000000000007', '100000000000000000008'],
      ])('tells sequence numbers apart and puts them in order: %s', async (_, earlier, later) => {
        await subscribe('a=', 'news');
        await world.subscriptions.markLagging(at('a=', 'news'), earlier);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), later)).toBe(false);
        await world.subscriptions.markLagging(at('a=', 'news'), later);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), later)).toBe(true);
        await world.subscriptions.clearLagging(at('a=', 'news'), earlier);
        expect(await lagging()).toEqual([true]);
        await world.subscriptions.clearLagging(at('a=', 'news'), later);
        expect(await lagging()).toEqual([false]);
      });

      it('counts a delivery once however often it is marked and cleared', async () => {
        await subscribe('a=', 'news');
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        expect(await lagging()).toEqual([false]);
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        expect(await lagging()).toEqual([false]);
      });

      it('belongs to one connection on one channel', async () => {
        await subscribe('a=', 'news');
        await subscribe('b=', 'news');
        await subscribe('a=', 'other');
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        expect(await lagging()).toEqual([true, false]);
        expect((await subscribersOf('other')).map((subscription) => subscription.lagging)).toEqual([false]);
      });

      it('is owed to whoever was marked, on that channel, and nobody else', async () => {
        await subscribe('a=', 'news');
        await subscribe('b=', 'news');
        await subscribe('a=', 'other');
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        const owed = (connectionId: string, channel: string, id: string) =>
          world.subscriptions.isOwed(at(connectionId, channel), id);
        expect(await owed('a=', 'news', n1)).toBe(true);
        expect(await owed('a=', 'news', n2)).toBe(false);
        expect(await owed('a=', 'other', n1)).toBe(false);
        expect(await owed('b=', 'news', n1)).toBe(false);
        expect(await owed('nobody=', 'news', n1)).toBe(false);
      });

      it('is owed no more once the mark was taken back', async () => {
        await subscribe('a=', 'news');
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n1)).toBe(false);
      });

      it('is owed no more to whoever has left the channel, even when it has come back', async () => {
        await subscribe('a=', 'news');
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        await unsubscribe('a=', 'news');
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n1)).toBe(false);
        await subscribe('a=', 'news');
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n1)).toBe(false);
      });

      it('is owed no more to whose time has come', async () => {
        await subscribe('a=', 'news', NOW + 60);
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        clock.advance(59_000);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n1)).toBe(true);
        clock.advance(1_000);
        expect(await world.subscriptions.isOwed(at('a=', 'news'), n1)).toBe(false);
      });

      it('survives subscribing again', async () => {
        await subscribe('a=', 'news');
        await world.subscriptions.markLagging(at('a=', 'news'), n1);
        await subscribe('a=', 'news', NOW + 120);
        expect(await lagging()).toEqual([true]);
      });

      it('is not possible without a subscription, and creates none', async () => {
        expect(await world.subscriptions.markLagging(at('a=', 'news'), n1)).toBe(false);
        await world.subscriptions.clearLagging(at('a=', 'news'), n1);
        expect(await subscribersOf('news')).toEqual([]);
      });
    });
  });
}
