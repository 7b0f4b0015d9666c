import { describe, expect, it } from 'vitest';
import type { GraceWake } from '../../../lambdas/ports/queues.ts';
import { settleOccupancy } from '../../../lambdas/use-cases/settle-occupancy.ts';
import { NOW, newWorld, subscribed, type World } from './world.ts';

const CHANNEL = 'news';
const VACANCY = { kind: 'vacancy' as const, channel: CHANNEL, since: NOW };

/** The next call of that verb does something first. */
function interpose(port: object, verb: string, first: () => Promise<unknown>): void {
  const verbs = port as Record<string, (...given: unknown[]) => Promise<unknown>>;
  const works = verbs[verb];
  verbs[verb] = async (...given) => {
    verbs[verb] = works as never;
    await first();
    return await works?.call(port, ...given);
  };
}
const leaves = async (world: World, connectionId: string, channel = CHANNEL): Promise<void> =>
  await world.subscriptions.removeAll(connectionId, [channel]);

/** Every wake that was scheduled, once, as the queue delivers them after the grace. */
async function awaken(world: World): Promise<void> {
  const { settleVacancy } = settleOccupancy(world);
  world.clock.advance(3_000);
  for (const { wake } of world.grace.wakes.splice(0)) await settleVacancy(wake as Vacancy, false);
}
type Vacancy = Extract<GraceWake, { kind: 'vacancy' }>;

async function occupiedBy(...connectionIds: string[]): Promise<World> {
  const world = newWorld();
  for (const connectionId of connectionIds) await subscribed(world, connectionId, CHANNEL);
  await settleOccupancy(world).settle(CHANNEL);
  world.webhooks.events.length = 0;
  return world;
}

describe('a channel', () => {
  it('becomes occupied with its first subscription, once', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', CHANNEL);
    const { settle } = settleOccupancy(world);

    await settle(CHANNEL);
    await subscribed(world, 'b=', CHANNEL);
    await settle(CHANNEL);

    world.occupancy.assertOccupied(CHANNEL);
    world.webhooks.assertPublishedOf(CHANNEL, 'channel_occupied');
    world.grace.assertNothingScheduled();
  });

  it('whose count reaches zero in one shard while others listen stays occupied', async () => {
    const world = await occupiedBy('a=', 'b=');
    await leaves(world, 'a=');

    await settleOccupancy(world).settle(CHANNEL);

    expect(world.table.occupiedRows.get(CHANNEL)).toEqual({ vacantSince: undefined });
    world.grace.assertNothingScheduled();
    world.webhooks.assertNothingPublished();
  });

  it('is looked at again when everybody has left, and vacated when the grace is over', async () => {
    const world = await occupiedBy('a=');
    await leaves(world, 'a=');

    await settleOccupancy(world).settle(CHANNEL);

    world.grace.assertScheduled({ wake: VACANCY, inSeconds: 3 });
    world.webhooks.assertNothingPublished();
    await awaken(world);
    world.occupancy.assertOccupied();
    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });

  it('to which somebody comes back within the grace has never been vacant', async () => {
    const world = await occupiedBy('a=');
    await leaves(world, 'a=');
    const { settle } = settleOccupancy(world);
    await settle(CHANNEL);
    await subscribed(world, 'b=', CHANNEL);
    await settle(CHANNEL);

    await awaken(world);

    world.occupancy.assertOccupied(CHANNEL);
    world.webhooks.assertNothingPublished();
  });

  it('that is left, joined and left again is vacated by the second wake, not by the first', async () => {
    const world = await occupiedBy('a=');
    const { settle, settleVacancy } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    await subscribed(world, 'b=', CHANNEL);
    await settle(CHANNEL);
    world.clock.advance(2_000);
    await leaves(world, 'b=');
    await settle(CHANNEL);

    for (const isRepeated of [false, true]) await settleVacancy(VACANCY, isRepeated);
    world.webhooks.assertNothingPublished();
    await settleVacancy({ channel: CHANNEL, since: NOW + 2_000 }, false);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });

  it('that was vacated becomes occupied anew', async () => {
    const world = await occupiedBy('a=');
    const { settle } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    await awaken(world);
    await subscribed(world, 'a=', CHANNEL);
    await settle(CHANNEL);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated', 'channel_occupied');
  });
});

describe('who comes or goes while a channel is settled', () => {
  it('by leaving between the count and the note is noticed by who noted it', async () => {
    const world = await occupiedBy('a=');
    const other = settleOccupancy(world);
    // Somebody else sees it leave, and is done with that, before this one writes what it has counted.
    interpose(world.occupancy, 'occupy', async () => {
      await leaves(world, 'a=');
      await other.settle(CHANNEL);
    });

    await settleOccupancy(world).settle(CHANNEL);
    await awaken(world);

    world.occupancy.assertOccupied();
    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });

  it('by coming between the count and the vacating keeps the channel, when it was seen to come', async () => {
    const world = await occupiedBy('a=');
    const { settle, settleVacancy } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    interpose(world.occupancy, 'vacate', async () => {
      await subscribed(world, 'b=', CHANNEL);
      await settle(CHANNEL);
    });

    await settleVacancy(VACANCY, false);
    await awaken(world);

    world.occupancy.assertOccupied(CHANNEL);
    world.webhooks.assertNothingPublished();
  });

  it('by coming and not being seen yet finds the channel vacated, and occupies it', async () => {
    const world = await occupiedBy('a=');
    const { settle, settleVacancy } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    interpose(world.occupancy, 'vacate', () => subscribed(world, 'b=', CHANNEL));

    await settleVacancy(VACANCY, false);
    await settle(CHANNEL);

    world.occupancy.assertOccupied(CHANNEL);
    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated', 'channel_occupied');
  });

  it('is told as coming to a vacated channel, when it was vacated between being found and being noted', async () => {
    const world = await occupiedBy('a=');
    const { settle } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    await subscribed(world, 'b=', CHANNEL);
    interpose(world.occupancy, 'occupy', () => world.occupancy.vacate(CHANNEL, NOW));

    await settle(CHANNEL);

    world.occupancy.assertOccupied(CHANNEL);
    world.webhooks.assertPublishedOf(CHANNEL, 'channel_occupied');
  });

  it('is waited for once more by a wake that comes before the emptiness is noted', async () => {
    const world = await occupiedBy('a=');
    await leaves(world, 'a=');

    await settleOccupancy(world).settleVacancy(VACANCY, false);

    world.webhooks.assertNothingPublished();
    world.grace.assertScheduled({ wake: VACANCY, inSeconds: 3 });
    await awaken(world);
    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });
});

describe('what is interrupted', () => {
  it('is told of becoming occupied although it could not be noted, or noted although it was told', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', CHANNEL);
    const { settle } = settleOccupancy(world);
    interpose(world.occupancy, 'occupy', () => Promise.reject(new Error('throttled')));

    await expect(settle(CHANNEL)).rejects.toThrow('throttled');
    await settle(CHANNEL);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_occupied', 'channel_occupied');
    world.occupancy.assertOccupied(CHANNEL);
  });

  it('by a webhook that cannot be queued has not become occupied yet', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', CHANNEL);
    const { settle } = settleOccupancy(world);
    world.webhooks.failNext();

    await expect(settle(CHANNEL)).rejects.toThrow();
    await settle(CHANNEL);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_occupied');
  });

  it('between waking somebody and noting the emptiness needs nothing more', async () => {
    const world = await occupiedBy('a=');
    await leaves(world, 'a=');
    interpose(world.occupancy, 'empty', () => Promise.reject(new Error('throttled')));

    await expect(settleOccupancy(world).settle(CHANNEL)).rejects.toThrow('throttled');
    await awaken(world);
    await awaken(world);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });

  it('between vacating and telling is told when the message comes again', async () => {
    const world = await occupiedBy('a=');
    const { settle, settleVacancy } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    world.webhooks.failNext();

    await expect(settleVacancy(VACANCY, false)).rejects.toThrow();
    await settleVacancy(VACANCY, true);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });

  it('between noting the emptiness anew and waking somebody for it is vacated when the message comes again', async () => {
    const world = await occupiedBy('a=');
    const { settleVacancy } = settleOccupancy(world);
    await leaves(world, 'a=');
    world.grace.failNext();

    await expect(settleVacancy(VACANCY, false)).rejects.toThrow();
    await settleVacancy(VACANCY, true);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
  });

  it('does not vacate a channel twice that is vacant: a wake too many tells nothing', async () => {
    const world = await occupiedBy('a=');
    const { settle, settleVacancy } = settleOccupancy(world);
    await leaves(world, 'a=');
    await settle(CHANNEL);
    await settle(CHANNEL);

    await awaken(world);
    await settleVacancy(VACANCY, false);

    world.webhooks.assertPublishedOf(CHANNEL, 'channel_vacated');
    world.grace.assertNothingScheduled();
  });
});

describe('the channel of a user', () => {
  const OWN = '#server-to-user-7';

  it('tells those who watch that the user is there, and that it is gone when the grace is over', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', OWN);
    const { settle, settleVacancy } = settleOccupancy(world);
    await settle(OWN);
    await leaves(world, 'a=', OWN);
    await settle(OWN);

    const online = {
      kind: 'watched-user' as const,
      channel: '#watchlist-7',
      name: 'online' as const,
      userId: '7',
    };
    world.log.assertEntered(online);
    await settleVacancy({ channel: OWN, since: NOW }, false);

    world.log.assertEntered(online, { ...online, name: 'offline' });
    world.webhooks.assertNothingPublished();
  });
});
