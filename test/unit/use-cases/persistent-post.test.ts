import { describe, expect, it } from 'vitest';
import {
  backoff,
  persistentPost,
  RETRY_BUDGET_IN_MILLISECONDS,
} from '../../../lambdas/use-cases/persistent-post.ts';
import { NOW, newWorld } from './world.ts';

describe('a persistent post', () => {
  it.each(['delivered', 'gone', 'too-large'] as const)('takes %s for an answer at once', async (outcome) => {
    const world = newWorld();
    world.gateway.always('a=', outcome);

    expect(await persistentPost(world)('a=', 'frame')).toBe(outcome);

    expect(world.gateway.attempts('a=')).toBe(1);
  });

  it('tries again while it is told to wait, and waits longer each time', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'throttled', 'unavailable', 'throttled');

    expect(await persistentPost(world)('a=', 'frame')).toBe('delivered');

    expect(world.clock.now() - NOW).toBe(Math.floor(0.75 * (50 + 100 + 200)));
  });

  it('gives up within its budget, with the last answer', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'throttled');
    world.gateway.always('a=', 'unavailable');

    expect(await persistentPost(world)('a=', 'frame')).toBe('unavailable');

    expect(world.gateway.attempts('a=')).toBeGreaterThan(5);
    expect(world.clock.now() - NOW).toBeLessThanOrEqual(RETRY_BUDGET_IN_MILLISECONDS);
  });

  it('takes no more time than it is given, tries that hang included', async () => {
    const brief = newWorld();
    brief.gateway.always('a=', 'throttled');
    await persistentPost(brief, 300)('a=', 'frame');
    expect(brief.gateway.attempts('a=')).toBeGreaterThan(1);
    expect(brief.clock.now() - NOW).toBeLessThanOrEqual(300);

    const hanging = newWorld({ latencyInMilliseconds: 3_000 });
    hanging.gateway.always('a=', 'unavailable');
    await persistentPost(hanging, 300)('a=', 'frame');
    expect(hanging.gateway.attempts('a=')).toBe(1);
  });

  it('has its time for itself: what it waits for its turn among others does not count, at any of its tries', async () => {
    const world = newWorld({ latencyInMilliseconds: 200, places: 1 });
    world.gateway.next('a=', 'throttled', 'unavailable');
    const others = Array.from({ length: 10 }, (_, index) => world.gateway.post(`${index}=`, 'frame'));

    const outcome = persistentPost(world, 700)('a=', 'frame');
    others.push(...Array.from({ length: 10 }, (_, index) => world.gateway.post(`${index}=`, 'frame')));

    expect(await outcome).toBe('delivered');
    expect(world.clock.now() - NOW).toBeGreaterThan(20 * 200);
    await Promise.all(others);
  });

  it('waits for its turn no longer than the time it is given in all, and tries once', async () => {
    const world = newWorld({ latencyInMilliseconds: 200, places: 1 });
    world.gateway.next('a=', 'throttled');
    const others = Array.from({ length: 10 }, (_, index) => world.gateway.post(`${index}=`, 'frame'));

    expect(await persistentPost(world, 700)('a=', 'frame', NOW + 1_000)).toBe('throttled');

    await Promise.all(others);
  });

  it('tries once where no time is left', async () => {
    const world = newWorld();
    world.gateway.always('a=', 'throttled');

    expect(await persistentPost(world)('a=', 'frame', NOW)).toBe('throttled');

    expect(world.gateway.attempts('a=')).toBe(1);
  });
});

describe('the time between two tries', () => {
  it.each([
    [0, 25, 50],
    [1, 50, 100],
    [4, 400, 800],
    [5, 500, 1000],
    [50, 500, 1000],
  ])('before repetition %d is between %d and %d milliseconds', (attempt, least, most) => {
    expect(backoff(attempt, () => 0)).toBe(least);
    expect(backoff(attempt, () => 1)).toBe(most);
  });
});
