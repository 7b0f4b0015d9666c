import { describe, expect, it } from 'vitest';
import { recent } from '../../../lambdas/protocol/recent.ts';
import { forEachBounded } from '../../../lambdas/use-cases/bounded.ts';
import { lanesOf } from '../../../lambdas/use-cases/lanes.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

describe('bounded work', () => {
  it('reaches every item, starting in order, with at most so many under way', async () => {
    const clock = new VirtualClock();
    const started: number[] = [];
    let [underWay, busiest] = [0, 0];

    await forEachBounded([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      started.push(item);
      busiest = Math.max(busiest, ++underWay);
      await clock.sleep(item % 2 === 0 ? 5 : 20);
      underWay -= 1;
    });

    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect({ busiest, underWay }).toEqual({ busiest: 3, underWay: 0 });
  });

  it('of nothing is done at once', async () => {
    await forEachBounded([], 3, () => Promise.reject(new Error('never called')));
  });

  it('passes a failure on, after all that is under way has come to rest', async () => {
    const clock = new VirtualClock();
    const finished: number[] = [];

    const work = forEachBounded([1, 2, 3], 2, async (item) => {
      if (item === 1) throw new Error('first');
      await clock.sleep(10);
      finished.push(item);
    });

    await expect(work).rejects.toThrow('first');
    expect(finished).toEqual([2, 3]);
  });
});

describe('lanes', () => {
  it('keep the order of the items, and that of their first ones', () => {
    expect(lanesOf(['b1', 'a1', 'b2', 'c1', 'a2'], (item) => item.charAt(0))).toEqual([
      ['b1', 'b2'],
      ['a1', 'a2'],
      ['c1'],
    ]);
  });
});

describe('what is recent', () => {
  it('is remembered until there is too much that is more so', () => {
    const memory = recent<number>(2);
    memory.set('a', 1);
    memory.set('b', 2);
    memory.set('a', 3);
    memory.set('c', 4);

    expect([memory.get('a'), memory.get('b'), memory.get('c')]).toEqual([3, undefined, 4]);
    memory.delete('a');
    expect(memory.get('a')).toBeUndefined();
  });

  it('has no memory of what has no name: one such thing would stand for all of them', () => {
    const memory = recent<true>(2);
    memory.set('', true);

    expect(memory.get('')).toBeUndefined();
  });
});
