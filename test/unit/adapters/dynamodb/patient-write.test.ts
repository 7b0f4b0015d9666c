import { describe, expect, it } from 'vitest';
import { writePatiently } from '../../../../lambdas/adapters/dynamodb/patient-write.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';

const conflict = new Error('conflict');

/** A write that fails so many times, and the times at which it was tried. */
function failing(times: number, failure: Error = conflict) {
  const clock = new VirtualClock(0);
  const tries: number[] = [];
  const outcome = writePatiently(
    clock,
    (error) => error === conflict,
    async () => {
      tries.push(clock.now());
      if (tries.length <= times) throw failure;
      return 'written';
    },
  );
  return { outcome, tries };
}

const waits = (tries: readonly number[]) => tries.slice(1).map((at, index) => at - (tries[index] ?? 0));

describe('a patient write', () => {
  it('is made once when it succeeds', async () => {
    const { outcome, tries } = failing(0);
    expect(await outcome).toBe('written');
    expect(tries).toEqual([0]);
  });

  it('is made again after a pause each, never of more than half a second', async () => {
    const { outcome, tries } = failing(20);
    expect(await outcome).toBe('written');
    expect(tries).toHaveLength(21);
    expect(Math.max(...waits(tries))).toBeLessThanOrEqual(500);
    expect(Math.max(...waits(tries))).toBeGreaterThan(100);
    expect(waits(tries)[0]).toBeLessThanOrEqual(20);
  });

  it('is given up after eight seconds, with what failed last', async () => {
    const { outcome, tries } = failing(Number.POSITIVE_INFINITY);
    await expect(outcome).rejects.toBe(conflict);
    expect(tries.at(-1)).toBeLessThanOrEqual(8_000);
    expect(tries.at(-1)).toBeGreaterThan(7_000);
  });

  it('is not made again when its failure will not pass', async () => {
    const { outcome, tries } = failing(1, new Error('no grant'));
    await expect(outcome).rejects.toThrow('no grant');
    expect(tries).toEqual([0]);
  });
});
