import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { NOW, type StoresWorld } from './stores-world.ts';

/** Sequence numbers of a stream, in order: the last has a digit more. */
const [N1, N2, N3, N4] = [
  '400000000000000000001',
  '400000000000000000002',
  '999999999999999999999',
  '1000000000000000000000',
] as const;

export function deliveryProgressContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<StoresWorld>,
): void {
  describe(`the progress of deliveries: ${name}`, () => {
    let world: StoresWorld;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1000);
      world = await setUp(clock);
    });

    const isQueued = async (channel = 'news') =>
      (await world.subscriptions.audienceOf(channel, 500)).isQueued;

    it('knows of no entry at first', async () => {
      expect(await world.progress.progressOf('news', 0, N1)).toEqual({});
      expect(await isQueued()).toBe(false);
    });

    it('says that something is queued from when that is noted until it is done in the first shard', async () => {
      await world.progress.noteQueued('news', N1);
      expect(await isQueued()).toBe(true);
      expect(await isQueued('other')).toBe(false);
      await world.progress.notePassed('news', 0, N1, 'a=');
      await world.progress.noteDone('news', 1, N1);
      expect(await isQueued()).toBe(true);
      await world.progress.noteDone('news', 0, N1);
      expect(await isQueued()).toBe(false);
    });

    it.each([
      ['that differ by one', N1, N2],
      ['of which one has a digit more', N3, N4],
    ])('goes by the latest entry that is queued: of numbers %s', async (_, earlier, later) => {
      for (const entry of [earlier, later, earlier]) await world.progress.noteQueued('news', entry);
      await world.progress.noteDone('news', 0, earlier);
      expect(await isQueued()).toBe(true);
      await world.progress.noteDone('news', 0, later);
      expect(await isQueued()).toBe(false);
      await world.progress.noteQueued('news', earlier);
      expect(await isQueued()).toBe(false);
    });

    it('says how far an entry has come in a shard, and nothing of another one', async () => {
      await world.progress.notePassed('news', 3, N2, 'a=');
      await world.progress.notePassed('news', 3, N2, 'b=');
      expect(await world.progress.progressOf('news', 3, N2)).toEqual({ after: 'b=' });
      expect(await world.progress.progressOf('news', 3, N1)).toEqual({});
      expect(await world.progress.progressOf('news', 3, N3)).toEqual({});
      expect(await world.progress.progressOf('news', 0, N2)).toEqual({});
      expect(await world.progress.progressOf('other', 3, N2)).toEqual({});
    });

    it('says of an entry that it is done, and of no other', async () => {
      await world.progress.notePassed('news', 3, N2, 'b=');
      await world.progress.noteDone('news', 3, N2);
      expect(await world.progress.progressOf('news', 3, N2)).toBe('done');
      expect(await world.progress.progressOf('news', 3, N1)).toEqual({});
      expect(await world.progress.progressOf('news', 3, N3)).toEqual({});
      expect(await world.progress.progressOf('news', 2, N2)).toEqual({});
    });

    it('begins the next entry from the beginning', async () => {
      await world.progress.notePassed('news', 0, N1, 'b=');
      await world.progress.noteDone('news', 0, N1);
      expect(await world.progress.progressOf('news', 0, N2)).toEqual({});
      await world.progress.notePassed('news', 0, N2, 'a=');
      expect(await world.progress.progressOf('news', 0, N2)).toEqual({ after: 'a=' });
      expect(await world.progress.progressOf('news', 0, N1)).toBe('done');
    });

    it.each([
      ['that differ by one', N1, N2],
      ['of which one has a digit more', N3, N4],
    ])(
      'leaves a later entry done when an earlier one is finished late: of numbers %s',
      async (_, earlier, later) => {
        await world.progress.noteQueued('news', later);
        await world.progress.noteDone('news', 0, later);
        await world.progress.noteDone('news', 0, earlier);
        expect(await world.progress.progressOf('news', 0, later)).toBe('done');
        expect(await isQueued()).toBe(false);
      },
    );

    it('lets an earlier entry that comes again get further, after a later one', async () => {
      await world.progress.notePassed('news', 0, N2, 'z=');
      await world.progress.noteDone('news', 0, N2);
      await world.progress.notePassed('news', 0, N1, 'a=');
      expect(await world.progress.progressOf('news', 0, N1)).toEqual({ after: 'a=' });
    });

    it('changes nothing when something is noted again', async () => {
      for (const _ of ['noted', 'noted again']) {
        expect(await world.progress.noteQueued('news', N1)).toBe(1);
        await world.progress.notePassed('news', 0, N1, 'a=');
      }
      expect(await world.progress.progressOf('news', 0, N1)).toEqual({ after: 'a=' });
      for (const _ of ['noted', 'noted again']) await world.progress.noteDone('news', 0, N1);
      expect(await world.progress.progressOf('news', 0, N1)).toBe('done');
      expect(await isQueued()).toBe(false);
    });

    it('says into how many shards an entry goes: all in which anybody may be', async () => {
      expect(await world.progress.noteQueued('news', N1)).toBe(1);
      await world.shards.fit('news', 30_000);
      expect(await world.progress.noteQueued('news', N2)).toBe(8);
      await world.shards.fit('news', 3_000);
      expect(await world.progress.noteQueued('news', N2)).toBe(8);
      expect(await world.progress.noteQueued('other', N2)).toBe(1);
      clock.advance(3 * 3_600_000);
      expect(await world.progress.noteQueued('news', N3)).toBe(1);
    });

    it('is nobody who listens', async () => {
      await world.progress.noteQueued('news', N1);
      for (const shard of [0, 1]) {
        await world.progress.notePassed('news', shard, N1, 'a=');
        await world.progress.noteDone('news', shard, N1);
      }
      expect(await world.subscriptions.audienceOf('news', 500)).toEqual({
        shards: 1,
        isQueued: false,
        subscriptions: [],
        isComplete: true,
      });
      for (const shard of [0, 1]) {
        for await (const page of world.subscriptions.subscribersOf('news', shard)) expect(page).toEqual([]);
      }
      expect(await world.occupancy.countsOf('news')).toEqual({ subscriptions: 0, members: 0 });
    });
  });
}
