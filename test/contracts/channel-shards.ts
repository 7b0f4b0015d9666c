import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { NOW, type StoresWorld } from './stores-world.ts';

const THREE_HOURS = 3 * 3_600_000;

export function channelShardsContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<StoresWorld>,
): void {
  describe(`the shards of channels: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
    });

    /** How many have to be read to find everybody. */
    const toRead = async (channel = 'news') => (await world.subscriptions.audienceOf(channel, 500)).shards;
    const fitTo = (subscriptions: number) => world.shards.fit('news', subscriptions);

    it.each([
      [0, 1],
      [1_600, 1],
      [4_000, 1],
      [4_001, 2],
      [8_000, 2],
      [8_001, 4],
      [16_001, 8],
      [100_000, 32],
      [256_000, 64],
      [10_000_000, 64],
    ])('are, for %i subscriptions, %i', async (subscriptions, shards) => {
      await fitTo(subscriptions);
      expect(await toRead()).toBe(shards);
      expect(await toRead('other')).toBe(1);
    });

    it('become more at once, as often as that is needed', async () => {
      for (const [subscriptions, shards] of [
        [5_000, 2],
        [5_000, 2],
        [9_000, 4],
        [300_000, 64],
      ] as const) {
        await fitTo(subscriptions);
        expect(await toRead()).toBe(shards);
      }
    });

    it('become fewer only with a quarter of what they are for', async () => {
      await fitTo(30_000);
      await fitTo(8_001);
      clock.advance(THREE_HOURS);
      expect(await toRead()).toBe(8);
      await fitTo(8_000);
      clock.advance(THREE_HOURS);
      expect(await toRead()).toBe(2);
    });

    it('are read for three hours after they have become fewer, in which everybody there may be goes', async () => {
      await fitTo(30_000);
      await fitTo(100);
      clock.advance(THREE_HOURS - 1_000);
      expect(await toRead()).toBe(8);
      clock.advance(1_000);
      expect(await toRead()).toBe(1);
    });

    it('are all read, however often they become fewer, until the last time is as long ago', async () => {
      await fitTo(250_000);
      await fitTo(60_000);
      clock.advance(THREE_HOURS / 2);
      await fitTo(3_000);
      clock.advance(THREE_HOURS / 2);
      expect(await toRead()).toBe(64);
      clock.advance(THREE_HOURS / 2);
      expect(await toRead()).toBe(1);
    });

    it('are no longer read that had been left long before others were', async () => {
      await fitTo(250_000);
      await fitTo(8_000);
      clock.advance(THREE_HOURS);
      expect(await toRead()).toBe(2);
      await fitTo(1_000);
      expect(await toRead()).toBe(2);
    });

    it('become more again while the old ones are still read', async () => {
      await fitTo(250_000);
      await fitTo(1_000);
      await fitTo(5_000);
      expect(await toRead()).toBe(64);
      clock.advance(THREE_HOURS);
      expect(await toRead()).toBe(2);
    });

    it('stay as they are when nothing has changed, and the three hours begin once', async () => {
      await fitTo(30_000);
      await fitTo(100);
      clock.advance(THREE_HOURS / 2);
      await fitTo(100);
      clock.advance(THREE_HOURS / 2);
      expect(await toRead()).toBe(1);
    });

    it('are enough for the most that any of several has counted at the same time', async () => {
      await Promise.all([5_000, 70_000, 9_000, 20_000].map(fitTo));
      expect(await toRead()).toBe(32);
      await Promise.all([100, 100, 100].map(fitTo));
      expect(await toRead()).toBe(32);
      clock.advance(THREE_HOURS);
      expect(await toRead()).toBe(1);
    });

    it('are nobody who listens', async () => {
      await fitTo(5_000);
      await fitTo(100);
      expect(await world.subscriptions.audienceOf('news', 500)).toMatchObject({
        subscriptions: [],
        isComplete: true,
      });
      for await (const page of world.subscriptions.subscribersOf('news', 0)) expect(page).toEqual([]);
      expect(await world.occupancy.countsOf('news')).toEqual({ subscriptions: 0, members: 0 });
    });
  });
}
