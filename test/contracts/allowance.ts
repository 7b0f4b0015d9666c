import { beforeEach, describe, expect, it } from 'vitest';
import type { Allowance } from '../../lambdas/ports/allowance.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { NOW } from './stores-world.ts';

export interface AllowanceWorld {
  /** The same allowance in one more environment. */
  inEnvironment(): Allowance;
}

export function allowanceContract(
  name: string,
  setUp: (clock: VirtualClock) => Promise<AllowanceWorld>,
): void {
  describe(`an allowance: ${name}`, () => {
    let world: AllowanceWorld;
    let allowance: Allowance;
    let clock: VirtualClock;
    beforeEach(async () => {
      clock = new VirtualClock(NOW * 1_000);
      world = await setUp(clock);
      allowance = world.inEnvironment();
    });

    /** How many of so many are granted. */
    const granted = async (times: number, key: string, most: number, from = allowance) => {
      let taken = 0;
      for (let index = 0; index < times; index++) {
        if ((await from.take(key, most)).outcome === 'taken') taken += 1;
      }
      return taken;
    };

    it('grants as many a second, and says of the next when to come again', async () => {
      expect(await granted(10, 'a', 10)).toBe(10);
      expect(await allowance.take('a', 10)).toEqual({ outcome: 'exhausted', retryAfterInSeconds: 1 });
      clock.advance(999);
      expect((await allowance.take('a', 10)).outcome).toBe('exhausted');
      clock.advance(1);
      expect(await granted(11, 'a', 10)).toBe(10);
    });

    it('counts each name for itself', async () => {
      expect(await granted(3, 'a', 2)).toBe(2);
      expect(await granted(3, 'b', 1)).toBe(1);
    });

    it('grants nothing where nothing is allowed', async () => {
      expect(await granted(2, 'a', 0)).toBe(0);
    });

    it('grants no more to many at the same time than to one after the other', async () => {
      const outcomes = await Promise.all(Array.from({ length: 30 }, () => allowance.take('a', 12)));
      expect(outcomes.filter(({ outcome }) => outcome === 'taken')).toHaveLength(12);
    });

    it('grants no more to several environments than to one', async () => {
      const environments = Array.from({ length: 4 }, () => world.inEnvironment());
      const taken = await Promise.all(environments.map((one) => granted(61, 'a', 60, one)));
      expect(taken.reduce((sum, one) => sum + one, 0)).toBe(60);
    });
  });
}
