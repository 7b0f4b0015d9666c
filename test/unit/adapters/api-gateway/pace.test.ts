import { beforeEach, describe, expect, it } from 'vitest';
import { Pace } from '../../../../lambdas/adapters/api-gateway/pace.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';

/** Counts its timers. */
class CountingClock extends VirtualClock {
  begun = 0;
  running = 0;

  override async sleep(milliseconds: number): Promise<void> {
    this.begun += 1;
    this.running += 1;
    await super.sleep(milliseconds);
    this.running -= 1;
  }
}

let clock: CountingClock;
beforeEach(() => {
  clock = new CountingClock();
});

/** When each of so many who come now has its turn: milliseconds from now. */
async function turns(pace: Pace, count: number): Promise<number[]> {
  const before = clock.now();
  return await Promise.all(
    Array.from({ length: count }, async () => {
      await pace.turn();
      return clock.now() - before;
    }),
  );
}

/** By how many milliseconds the worst of all stretches of time has more turns in it than the rate allows. */
function excess(times: readonly number[], perSecond: number): number {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [index, time] of times.entries()) {
    const ahead = (index * 1_000) / perSecond - time;
    least = Math.min(least, ahead);
    most = Math.max(most, ahead - least);
  }
  return most;
}

describe('the pace', () => {
  it.each([40, 1_000, 3_999, 4_000])(
    'of %i a second is kept in every stretch of time, but for 50 ms',
    async (perSecond) => {
      const times = await turns(new Pace(perSecond, clock), 5 * perSecond);
      // A turn is in time when its millisecond is.
      expect(excess(times, perSecond)).toBeLessThanOrEqual(51);
      expect(times.at(-1)).toBeGreaterThan(4_900);
      expect(times.at(-1)).toBeLessThanOrEqual(5_000);
    },
  );

  it('holds nobody up who keeps to it, and needs no timer for that', async () => {
    const pace = new Pace(1_000, clock);
    for (let index = 0; index < 500; index += 1) {
      await pace.turn();
      clock.advance(1);
    }
    expect(clock.begun).toBe(0);
  });

  it('lets 50 ms of posts go at once, however long there were none', async () => {
    const pace = new Pace(1_000, clock);
    await pace.turn();
    clock.advance(3_600_000);
    const times = await turns(pace, 200);
    expect(times.filter((time) => time === 0)).toHaveLength(51);
    expect(times.at(-1)).toBeGreaterThanOrEqual(149);
  });

  it('lets everybody in in the order of arrival, those too who come when it is somebody’s turn', async () => {
    const pace = new Pace(100, clock);
    const order: number[] = [];
    const come = (name: number) => pace.turn().then(() => order.push(name));
    const first = Array.from({ length: 20 }, (_, name) => come(name));
    await first[10];
    const late = [20, 21, 22].map(come);
    clock.advance(10_000);
    const last = [23, 24].map(come);
    await Promise.all([...first, ...late, ...last]);
    expect(order).toEqual(Array.from({ length: 25 }, (_, name) => name));
  });

  it('has a timer only while somebody waits, and one for all who do', async () => {
    const pace = new Pace(1_000, clock);
    const waiting = turns(pace, 500);
    expect(clock.running).toBe(1);
    await waiting;
    expect(clock.begun).toBeLessThanOrEqual(45);
    await clock.sleep(100);
    expect(clock.running).toBe(0);
    const begun = clock.begun;
    await turns(pace, 60);
    expect(clock.begun).toBeGreaterThan(begun);
    expect(clock.running).toBe(0);
  });

  it('waits for its time though a timer is early by the clock', async () => {
    class EarlyClock extends CountingClock {
      override sleep(milliseconds: number): Promise<void> {
        return super.sleep(Math.max(1, milliseconds - 5));
      }
    }
    clock = new EarlyClock();
    const times = await turns(new Pace(20, clock), 10);
    expect(times).toEqual([0, 0, 50, 100, 150, 200, 250, 300, 350, 400]);
  });

  it('does not wait for a clock that was set back to be where it was', async () => {
    const pace = new Pace(1_000, clock);
    await turns(pace, 100);
    clock.advance(-3_600_000);
    const times = await turns(pace, 100);
    expect(times.at(-1)).toBeLessThanOrEqual(110);
  });
});
