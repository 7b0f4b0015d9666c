import { beforeEach, describe, expect, it } from 'vitest';
import type { IdempotencyStore } from '../../lambdas/ports/idempotency-store.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { NOW } from './stores-world.ts';

const DAY_IN_MILLISECONDS = 24 * 60 * 60 * 1_000;

export function idempotencyStoreContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<IdempotencyStore>,
): void {
  describe(`an idempotency store: ${name}`, () => {
    let store: IdempotencyStore;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1_000 + 123);
      store = await setUp(clock);
    });

    it('begins a record with what was asked for and when, and a seed of its own', async () => {
      const first = await store.begin('order-1', 'f1');
      expect(first).toEqual({ fingerprint: 'f1', at: NOW * 1_000 + 123, seed: expect.stringMatching(/./) });
      const other = await store.begin('order-2', 'f1');
      expect(other.seed).not.toBe(first.seed);
    });

    it('gives the earlier record to whoever asks again, whatever for', async () => {
      const first = await store.begin('order-1', 'f1');
      clock.advance(5_000);
      expect(await store.begin('order-1', 'f1')).toEqual(first);
      expect(await store.begin('order-1', 'f2')).toEqual(first);
    });

    it('gives one record to all who ask at the same time', async () => {
      const records = await Promise.all(Array.from({ length: 8 }, () => store.begin('order-1', 'f1')));
      expect(new Set(records.map(({ seed }) => seed)).size).toBe(1);
    });

    it('takes a key of any length and any characters', async () => {
      const long = '🔑'.repeat(2_000);
      const first = await store.begin(long, 'f1');
      expect(await store.begin(long, 'f1')).toEqual(first);
      expect((await store.begin(`${long}2`, 'f1')).seed).not.toBe(first.seed);
      expect((await store.begin('', 'f1')).seed).not.toBe(first.seed);
    });

    it('remembers a key for a day', async () => {
      const first = await store.begin('order-1', 'f1');
      clock.advance(DAY_IN_MILLISECONDS - 1_000);
      expect(await store.begin('order-1', 'f2')).toEqual(first);
      clock.advance(1_000);
      expect(await store.begin('order-1', 'f2')).toMatchObject({
        fingerprint: 'f2',
        at: NOW * 1_000 + 123 + DAY_IN_MILLISECONDS,
      });
    });
  });
}
