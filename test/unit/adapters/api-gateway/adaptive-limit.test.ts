import { beforeEach, describe, expect, it } from 'vitest';
import {
  AdaptiveLimit,
  type Ending,
  type Place,
} from '../../../../lambdas/adapters/api-gateway/adaptive-limit.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';

let clock: VirtualClock;
let limit: AdaptiveLimit;
beforeEach(() => {
  clock = new VirtualClock();
  limit = new AdaptiveLimit(64, clock);
});

const enterAll = (count: number): Promise<Place[]> =>
  Promise.all(Array.from({ length: count }, () => limit.enter()));

/** One round trip of as many as there may be, each of which ends so. */
async function round(ending: Ending): Promise<void> {
  for (const place of await enterAll(limit.current)) limit.leave(place, ending);
}

const throttled: Ending = { throttled: true };

describe('the number of requests under way', () => {
  it('is at most what it was made for; the others are let in one by one, in the order of arrival', async () => {
    const places = await enterAll(64);
    const order: number[] = [];
    const late = [1, 2, 3].map(async (name) => {
      const place = await limit.enter();
      order.push(name);
      return place;
    });
    await clock.sleep(1_000);
    expect(order).toEqual([]);
    limit.leave(places[0] as Place, 'answered');
    await late[0];
    expect(order).toEqual([1]);
    limit.leave(places[1] as Place, 'failed');
    limit.leave(places[2] as Place, throttled);
    await Promise.all(late);
    expect(order).toEqual([1, 2, 3]);
  });

  it('is not overtaken by who comes when there is room again but others wait', async () => {
    const small = new AdaptiveLimit(1, clock);
    const first = await small.enter();
    const order: string[] = [];
    const second = small.enter().then((place) => {
      order.push('second');
      small.leave(place, 'answered');
    });
    small.leave(first, 'answered');
    const third = small.enter().then(() => order.push('third'));
    await Promise.all([second, third]);
    expect(order).toEqual(['second', 'third']);
  });

  it('is halved when an eighth of a round is throttled, once a round trip', async () => {
    const places = await enterAll(64);
    for (const place of places.slice(0, 8)) limit.leave(place, throttled);
    expect(limit.current).toBe(64);
    limit.leave(places[8] as Place, throttled);
    expect(limit.current).toBe(32);
    for (const place of places.slice(9)) limit.leave(place, throttled);
    expect(limit.current).toBe(32);
    await round(throttled);
    expect(limit.current).toBe(16);
  });

  it('is not changed by the few clients that do not read, however long they do not', async () => {
    for (let index = 0; index < 50; index += 1) {
      const places = await enterAll(64);
      for (const [at, place] of places.entries()) limit.leave(place, at % 8 === 0 ? throttled : 'answered');
    }
    expect(limit.current).toBe(64);
  });

  it('is not changed by one client that does not read among few, which would have the others wait', async () => {
    for (let index = 0; index < 10; index += 1) await round(throttled);
    const least = limit.current;
    limit.leave(await limit.enter(), throttled);
    for (let index = 1; index < least; index += 1) limit.leave(await limit.enter(), 'answered');
    clock.advance(60_000);
    limit.leave(await limit.enter(), throttled);
    await round('answered');
    await round('answered');
    expect(limit.current).toBeGreaterThan(least);
  });

  it('is not changed by what says nothing about a quota', async () => {
    await round('failed');
    await round('failed');
    expect(limit.current).toBe(64);
  });

  it('keeps to those under way: after a cut nobody is let in until they have become few enough', async () => {
    const places = await enterAll(64);
    for (const place of places.slice(0, 9)) limit.leave(place, throttled);
    let isIn = false;
    const late = limit.enter().then(() => {
      isIn = true;
    });
    for (const place of places.slice(9, 32)) limit.leave(place, 'answered');
    await clock.sleep(1);
    expect(isIn).toBe(false);
    limit.leave(places[32] as Place, 'answered');
    await late;
  });

  it('grows by one a round when the wait is over, up to where it began and no further', async () => {
    await round(throttled);
    await round('answered');
    await round('answered');
    expect(limit.current).toBe(32);
    clock.advance(50);
    await round('answered');
    expect(limit.current).toBe(33);
    await round('answered');
    expect(limit.current).toBe(34);
    for (let index = 0; index < 100; index += 1) await round('answered');
    expect(limit.current).toBe(64);
  });

  it('waits longer before it grows with each cut that follows a cut, and shortly again once it has grown', async () => {
    await round(throttled);
    await round(throttled);
    await round(throttled);
    expect(limit.current).toBe(8);
    clock.advance(199);
    await round('answered');
    expect(limit.current).toBe(8);
    clock.advance(1);
    await round('answered');
    expect(limit.current).toBe(9);
    await round(throttled);
    clock.advance(50);
    await round('answered');
    expect(limit.current).toBe(5);
  });

  it('grows by whole rounds: what was counted before a cut counts no more', async () => {
    await round(throttled);
    clock.advance(60_000);
    const places = await enterAll(32);
    for (const place of places.slice(0, 27)) limit.leave(place, 'answered');
    for (const place of places.slice(27)) limit.leave(place, throttled);
    expect(limit.current).toBe(16);
    clock.advance(60_000);
    limit.leave(await limit.enter(), 'answered');
    expect(limit.current).toBe(16);
  });

  it('is halved again only when an eighth of a new round is throttled', async () => {
    await round(throttled);
    const places = await enterAll(32);
    for (const place of places.slice(0, 4)) limit.leave(place, throttled);
    expect(limit.current).toBe(32);
    limit.leave(places[4] as Place, throttled);
    expect(limit.current).toBe(16);
  });

  it('lets nobody in before those who have waited for the time of Retry-After', async () => {
    await round({ throttled: true, retryAfter: 700 });
    const order: string[] = [];
    const first = limit.enter().then(() => order.push('first'));
    clock.advance(700);
    const second = limit.enter().then(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('begins nothing before the time of Retry-After', async () => {
    const before = clock.now();
    await round({ throttled: true, retryAfter: 700 });
    const places = await enterAll(32);
    expect(clock.now() - before).toBe(700);
    for (const place of places) limit.leave(place, 'answered');
    expect(limit.current).toBe(33);
  });

  it('is begun again by a timer that is early by the clock, and not before its time', async () => {
    class EarlyClock extends VirtualClock {
      override sleep(milliseconds: number): Promise<void> {
        return super.sleep(Math.max(1, milliseconds - 5));
      }
    }
    clock = new EarlyClock();
    limit = new AdaptiveLimit(64, clock);
    const before = clock.now();
    await round({ throttled: true, retryAfter: 100 });
    await limit.enter();
    expect(clock.now() - before).toBe(100);
  });

  it('believes no Retry-After that would have a function wait for minutes', async () => {
    const before = clock.now();
    await round({ throttled: true, retryAfter: 3_600_000 });
    await limit.enter();
    expect(clock.now() - before).toBe(2_000);
  });

  it('never starves: whatever is throttled, a few go on, and all who wait get in', async () => {
    for (let index = 0; index < 100; index += 1) await round({ throttled: true, retryAfter: 1_000 });
    expect(limit.current).toBe(4);
    const all = Array.from({ length: 500 }, async () => limit.leave(await limit.enter(), throttled));
    await Promise.all(all);
    for (let index = 0; index < 70; index += 1) {
      clock.advance(2_000);
      await round('answered');
    }
    expect(limit.current).toBe(64);
  });

  it('is never more than it was made for, be that ever so small', async () => {
    limit = new AdaptiveLimit(2, clock);
    await round(throttled);
    await round(throttled);
    expect(limit.current).toBe(2);
  });
});
