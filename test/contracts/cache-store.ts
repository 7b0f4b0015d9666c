import { beforeEach, describe, expect, it } from 'vitest';
import type { CacheStore } from '../../lambdas/ports/cache-store.ts';
import { MAX_FRAME_BYTES } from '../../lambdas/protocol/limits.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { NOW } from './stores-world.ts';

export function cacheStoreContract(name: string, setUp: (clock: VirtualClock) => Promise<CacheStore>): void {
  describe(`a cache store: ${name}`, () => {
    let cache: CacheStore;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1_000);
      cache = await setUp(clock);
    });

    const event = (frame: string, sequenceNumber = '400000000000000000001', expiresAt = NOW + 60) => ({
      frame,
      sequenceNumber,
      expiresAt,
    });

    it('has nothing of a channel on which nothing has happened', async () => {
      await cache.keep('cache-news', event('{"event":"a"}'));
      expect(await cache.frameOf('cache-new')).toBeUndefined();
      expect(await cache.frameOf('cache-news2')).toBeUndefined();
    });

    it('keeps the frame of an event as it was sent, up to the largest that can be', async () => {
      await cache.keep('cache-news', event('{"data":"\\"ñ\\" \\u0000 \n"}'));
      expect(await cache.frameOf('cache-news')).toBe('{"data":"\\"ñ\\" \\u0000 \n"}');
      const largest = 'x'.repeat(MAX_FRAME_BYTES);
      await cache.keep('cache-large', event(largest));
      expect(await cache.frameOf('cache-large')).toBe(largest);
    });

    it.each([
      ['of as many digits', '400000000000000000007', '400000000000000000008'],
      ['of which one has a digit more', '999999999999999999999', '1000000000000000000000'],
      ['that differ by one in 40 digits', `${'9'.repeat(39)}7`, `${'9'.repeat(39)}8`],
    ])(
      'keeps the later of two events, whichever comes last: sequence numbers %s',
      async (_, first, second) => {
        await cache.keep('cache-news', event('first', first));
        await cache.keep('cache-news', event('second', second));
        expect(await cache.frameOf('cache-news')).toBe('second');
        await cache.keep('cache-news', event('first', first));
        expect(await cache.frameOf('cache-news')).toBe('second');
      },
    );

    it('keeps the later of two events that are kept at the same time', async () => {
      const events = Array.from({ length: 10 }, (_, index) => event(`frame-${index}`, `40${index}`));
      await Promise.all([...events].reverse().map((one) => cache.keep('cache-news', one)));
      expect(await cache.frameOf('cache-news')).toBe('frame-9');
    });

    it('has an event until its time has come', async () => {
      await cache.keep('cache-news', event('a', '1', NOW + 60));
      clock.advance(59_999);
      expect(await cache.frameOf('cache-news')).toBe('a');
      clock.advance(1);
      expect(await cache.frameOf('cache-news')).toBeUndefined();
    });

    it('has a later event after the time of an earlier one, and never an earlier one after a later', async () => {
      await cache.keep('cache-news', event('second', '2', NOW + 60));
      clock.advance(60_000);
      await cache.keep('cache-news', event('first', '1', NOW + 120));
      expect(await cache.frameOf('cache-news')).toBeUndefined();
      await cache.keep('cache-news', event('third', '3', NOW + 120));
      expect(await cache.frameOf('cache-news')).toBe('third');
    });
  });
}
