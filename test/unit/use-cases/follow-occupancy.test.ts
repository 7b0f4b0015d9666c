import { describe, expect, it } from 'vitest';
import { followOccupancy, type OccupancyChange } from '../../../lambdas/use-cases/follow-occupancy.ts';
import { settle } from '../../../lambdas/use-cases/settle.ts';
import { joins, ROOM } from './entry-records.ts';
import { NOW, newWorld, type World } from './world.ts';

const absent = (userId: string, sequenceNumber: string, since = NOW): OccupancyChange => ({
  kind: 'absence',
  eventId: `event-${sequenceNumber}`,
  sequenceNumber,
  absence: { channel: ROOM, userId, since },
});
const counts = (channel: string, sequenceNumber: string, count = 1): OccupancyChange => ({
  kind: 'count',
  eventId: `event-${sequenceNumber}`,
  sequenceNumber,
  channel,
  count,
});

function following(world: World, { graceInSeconds = 3, failing = new Set<string>() } = {}) {
  const settled: string[] = [];
  const fitted: [string, number][] = [];
  const follow = followOccupancy({
    ...world,
    shards: {
      fit: async (channel, subscriptions) => {
        if (failing.has(`shards of ${channel}`)) throw new Error('throttled');
        fitted.push([channel, subscriptions]);
      },
    },
    settle: async (channel) => {
      if (failing.has(channel)) throw new Error('throttled');
      settled.push(`settle ${channel}`);
    },
    countChanged: async (channel) => void settled.push(`count ${channel}`),
    settings: { graceInSeconds },
  });
  return { follow, settled, fitted };
}

/** 1 and 2 are in the room, and 2 has left it with its last connection. */
async function leftBy2(): Promise<World> {
  const world = newWorld();
  await joins(world, '1=', ROOM, '1');
  await joins(world, '2=', ROOM, '2');
  await world.subscriptions.removeAll('2=', [ROOM]);
  world.table.entries.length = 0;
  return world;
}
const settling = (world: World) =>
  settle({ presence: world.presence, settleVacancy: async () => {}, tellCount: async () => {} });

describe('a member without a connection', () => {
  it('is looked at again when the grace is over, counted from when it left', async () => {
    const world = await leftBy2();
    world.clock.advance(1_200);

    expect(await following(world).follow([absent('2', '1')])).toEqual([]);

    world.grace.assertScheduled({
      wake: { kind: 'absence', channel: ROOM, userId: '2', since: NOW },
      inSeconds: 1.8,
    });
    world.presence.assertMembers(ROOM, '1', '2');
    expect(world.table.entries).toEqual([]);
  });

  it('is looked at at once when the grace is over by then', async () => {
    const world = await leftBy2();
    world.clock.advance(60_000);

    await following(world).follow([absent('2', '1')]);

    expect(world.grace.wakes).toEqual([expect.objectContaining({ inSeconds: 0 })]);
  });

  it('departs at once where there is no grace', async () => {
    const world = await leftBy2();

    await following(world, { graceInSeconds: 0 }).follow([absent('2', '1')]);

    world.grace.assertNothingScheduled();
    world.presence.assertMembers(ROOM, '1');
    expect(world.table.entries).toEqual([
      expect.objectContaining({ kind: 'left', member: expect.objectContaining({ userId: '2' }) }),
    ]);
  });

  it('is waited for once, however often its change comes', async () => {
    const world = await leftBy2();
    const { follow } = following(world);

    await follow([absent('2', '1')]);
    await follow([absent('2', '1'), absent('1', '2')]);

    expect(world.grace.wakes).toHaveLength(2);
  });

  it('comes again when nobody can be woken for it, and holds up nobody', async () => {
    const world = await leftBy2();
    world.grace.failNext();
    const { follow, settled } = following(world);

    expect(await follow([absent('2', '1'), counts('news', '2')])).toEqual(['1']);

    expect(settled).toEqual(['settle news', 'count news']);
    world.logger.assertLogged('occupancy-change-failed');
    expect(await follow([absent('2', '1'), counts('news', '2')])).toEqual([]);
    expect(world.grace.wakes).toHaveLength(1);
    expect(settled).toHaveLength(2);
  });
});

describe('the wake of a member', () => {
  const wake = (since = NOW) => ({ kind: 'absence' as const, channel: ROOM, userId: '2', since });

  it('lets it depart when it has not come back', async () => {
    const world = await leftBy2();

    await settling(world)(wake(), false);

    world.presence.assertMembers(ROOM, '1');
    expect(world.table.entries.map(({ kind }) => kind)).toEqual(['left']);
  });

  it('twice lets it depart once', async () => {
    const world = await leftBy2();

    await settling(world)(wake(), false);
    await settling(world)(wake(), true);

    expect(world.table.entries).toHaveLength(1);
  });

  it('changes nothing when it has come back', async () => {
    const world = await leftBy2();
    await joins(world, '2-again=', ROOM, '2');
    world.table.entries.length = 0;

    await settling(world)(wake(), false);

    world.presence.assertMembers(ROOM, '1', '2');
    expect(world.table.entries).toEqual([]);
  });

  it('changes nothing when it has come back and left once more: that has a wake of its own', async () => {
    const world = await leftBy2();
    world.clock.advance(1_000);
    await joins(world, '2-again=', ROOM, '2');
    world.clock.advance(1_000);
    await world.subscriptions.removeAll('2-again=', [ROOM]);
    world.table.entries.length = 0;

    await settling(world)(wake(), false);
    world.presence.assertMembers(ROOM, '1', '2');
    await settling(world)(wake(NOW + 2_000), false);

    world.presence.assertMembers(ROOM, '1');
    expect(world.table.entries.map(({ kind }) => kind)).toEqual(['left']);
  });

  it('of a channel or a count goes to who settles it', async () => {
    const done: unknown[] = [];
    const awaken = settle({
      presence: newWorld().presence,
      settleVacancy: async (vacancy, isRepeated) => void done.push(vacancy, isRepeated),
      tellCount: async (channel) => void done.push(channel),
    });

    await awaken({ kind: 'vacancy', channel: 'news', since: 7 }, true);
    await awaken({ kind: 'count', channel: 'news' }, false);

    expect(done).toEqual([{ kind: 'vacancy', channel: 'news', since: 7 }, true, 'news']);
  });
});

describe('the counts of channels', () => {
  it('are settled once a channel and batch, and then told', async () => {
    const { follow, settled } = following(newWorld());

    expect(await follow([counts('a', '1'), counts('b', '2'), counts('a', '3')])).toEqual([]);

    expect(settled.filter((what) => what.endsWith(' a'))).toEqual(['settle a', 'count a']);
    expect(settled.filter((what) => what.endsWith(' b'))).toEqual(['settle b', 'count b']);
  });

  it('that cannot be settled come again, all of that channel and no other', async () => {
    const failing = new Set(['a']);
    const { follow, settled } = following(newWorld(), { failing });
    const batch = [counts('a', '1'), counts('b', '2'), counts('a', '3')];

    expect((await follow(batch)).toSorted()).toEqual(['1', '3']);
    failing.clear();
    expect(await follow(batch)).toEqual([]);

    expect(settled).toEqual(['settle b', 'count b', 'settle a', 'count a']);
  });
});

describe('the shards of a channel', () => {
  const listenedTo = async () => {
    const world = newWorld();
    for (const id of ['1=', '2=', '3=']) await joins(world, id, ROOM, id);
    return world;
  };

  it('are fitted to the whole number of its subscriptions, once a batch, when one of its parts is at a hundred', async () => {
    const { follow, fitted, settled } = following(await listenedTo());

    await follow([
      counts(ROOM, '1', 99),
      counts(ROOM, '2', 100),
      counts(ROOM, '3', 1_200),
      counts('b', '4', 7),
    ]);

    expect(fitted).toEqual([[ROOM, 3]]);
    expect(settled).toContain(`count ${ROOM}`);
  });

  it.each([0, 1, 50, 99, 101, -100])('are left as they are when it is at %i', async (count) => {
    const { follow, fitted, settled } = following(await listenedTo());

    await follow([counts(ROOM, '1', count)]);

    expect(fitted).toEqual([]);
    expect(settled).toEqual([`settle ${ROOM}`, `count ${ROOM}`]);
  });

  it('that cannot be fitted have its changes come again', async () => {
    const failing = new Set([`shards of ${ROOM}`]);
    const { follow, fitted } = following(await listenedTo(), { failing });

    expect(await follow([counts(ROOM, '1', 100), counts('b', '2')])).toEqual(['1']);
    failing.clear();
    expect(await follow([counts(ROOM, '1', 100), counts('b', '2')])).toEqual([]);

    expect(fitted).toEqual([[ROOM, 3]]);
  });
});
