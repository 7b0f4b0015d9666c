import { describe, expect, it } from 'vitest';
import { fanOut } from '../../../lambdas/use-cases/fan-out.ts';
import { added, earlier, joins, ROOM, recordsIn, removed, succeeded } from './entry-records.ts';
import { frame, place, record, sequence } from './notification-records.ts';
import { delivering, messageOf } from './shard-deliveries.ts';
import { newWorld, type World } from './world.ts';

const CACHE = 'cache-news';
const cacheSucceeded = (channel = CACHE) =>
  JSON.stringify({ event: 'pusher_internal:subscription_succeeded', data: '{}', channel });
const missed = (channel = CACHE) => JSON.stringify({ event: 'pusher:cache_miss', channel });

/** Users who have joined the room, one connection each, named after them; what they were told is forgotten. */
async function roomWith(...userIds: string[]): Promise<World> {
  const world = newWorld();
  for (const userId of userIds) await joins(world, `${userId}=`, ROOM, userId);
  await fanOut(world)(earlier(recordsIn(world)));
  world.table.entries.length = 0;
  world.gateway.delivered.length = 0;
  world.webhooks.events.length = 0;
  return world;
}

describe('whoever joins a presence channel', () => {
  it('is told who is there, itself included, after the others were told of it', async () => {
    const world = await roomWith('1', '2');
    const id = await joins(world, '3=', ROOM, '3');
    world.subscriptions.assertJoining('3=', ROOM, id);

    expect(await fanOut(world)(recordsIn(world))).toEqual([]);

    world.gateway.assertReceived('1=', added('3'));
    world.gateway.assertReceived('2=', added('3'));
    world.gateway.assertReceived('3=', succeeded('1', '2', '3'));
    expect(world.gateway.delivered.at(-1)?.connectionId).toBe('3=');
    world.subscriptions.assertJoining('3=', ROOM);
    world.presence.assertAnnounced(ROOM, '1', '2', '3');
    world.webhooks.assertPublished({ name: 'member_added', channel: ROOM, user_id: '3' });
  });

  it('by one connection more is told so, and nobody else is', async () => {
    const world = await roomWith('1', '2');
    await joins(world, '1-again=', ROOM, '1');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('1-again=', succeeded('1', '2'));
    for (const id of ['1=', '2=']) world.gateway.assertReceivedNothing(id);
    world.webhooks.assertNothingPublished();
  });

  it('is not told of another who has joined after it, but by the announcement', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    await joins(world, '3=', ROOM, '3');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('1=', added('2'), added('3'));
    world.gateway.assertReceived('2=', succeeded('1', '2'), added('3'));
    world.gateway.assertReceived('3=', succeeded('1', '2', '3'));
  });

  it('in two tabs at the same moment is one member, announced once and never to itself', async () => {
    const world = await roomWith('1');
    await joins(world, '2a=', ROOM, '2');
    await joins(world, '2b=', ROOM, '2');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('1=', added('2'));
    for (const id of ['2a=', '2b=']) world.gateway.assertReceived(id, succeeded('1', '2'));
    world.webhooks.assertPublishedOf(ROOM, 'member_added');
  });

  it('is not told of itself either when its coming is told once more elsewhere', async () => {
    const world = await roomWith('1');
    for (const id of ['2a=', '2b=']) await joins(world, id, ROOM, '2');

    await fanOut(world)(recordsIn(world));
    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('1=', added('2'), added('2'));
    for (const id of ['2a=', '2b=']) world.gateway.assertReceived(id, succeeded('1', '2'));
  });

  it('again without having left is answered again, and stays who it is to the others', async () => {
    const world = await roomWith('1', '2');
    await joins(world, '2=', ROOM, '2');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('2=', succeeded('1', '2'));
    world.gateway.assertReceivedNothing('1=');
  });

  it('again, after the entry of its coming was given up, is on the channel from then on', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    world.clock.advance(1);
    await joins(world, '2=', ROOM, '2');
    const [, again] = recordsIn(world);
    if (again === undefined) throw new Error('nobody has asked again');

    await fanOut(world)([again, record('9', ROOM)]);

    world.subscriptions.assertJoining('2=', ROOM);
    world.gateway.assertReceived('2=', succeeded('1', '2'), frame('9', ROOM));
  });

  it('again and again is answered once, for the last time', async () => {
    const world = await roomWith('1', '2');
    for (let times = 0; times < 3; times++) await joins(world, '2=', ROOM, '2');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('2=', succeeded('1', '2'));
  });

  it('hears nothing of the channel before its success, and everything after it', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    const [joined] = recordsIn(world);
    if (joined === undefined) throw new Error('nobody has joined');

    await fanOut(world)([record('0', ROOM), joined, record('2', ROOM)]);

    world.gateway.assertReceived('1=', frame('0', ROOM), added('2'), frame('2', ROOM));
    world.gateway.assertReceived('2=', succeeded('1', '2'), frame('2', ROOM));
  });

  it('finds itself in the list although its row is not there', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    world.table.memberRows.get(ROOM)?.delete('2');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('2=', succeeded('1', '2'));
  });

  it('and is gone before its turn is announced, and nobody answered: that it left is told next', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    await world.subscriptions.removeAll('2=', [ROOM]);
    const absence = world.presence.absenceOf(ROOM, '2');
    if (absence === undefined) throw new Error('2 is not absent');
    await world.presence.depart(absence);

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('1=', added('2'), removed('2'));
    world.gateway.assertReceivedNothing('2=');
    world.webhooks.assertPublishedOf(ROOM, 'member_added', 'member_removed');
  });

  it('and has left and come again before its turn is answered once, for the last time', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    await world.subscriptions.unsubscribe('2=', ROOM, world.clock.now() + 1);
    const id = await joins(world, '2=', ROOM, '2');
    world.subscriptions.assertJoining('2=', ROOM, id);

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('1=', added('2'));
    world.gateway.assertReceived('2=', succeeded('1', '2'));
    world.subscriptions.assertJoining('2=', ROOM);
  });

  it('and asked again before it came anew is answered for its coming only', async () => {
    const world = await roomWith('1');
    await joins(world, '2=', ROOM, '2');
    await joins(world, '2=', ROOM, '2');
    const again = recordsIn(world)[1];
    await world.subscriptions.unsubscribe('2=', ROOM, world.clock.now() + 1);
    const id = await joins(world, '2=', ROOM, '2');

    if (again !== undefined) await fanOut(world)([again]);

    world.gateway.assertReceivedNothing('2=');
    world.subscriptions.assertJoining('2=', ROOM, id);
  });

  it('is refused where its members do not fit into a frame, and leaves', async () => {
    const world = await roomWith('1');
    const user_info = 'x'.repeat(131_072);
    world.table.memberRows.set(
      ROOM,
      new Map([
        [
          '1',
          {
            connections: 1,
            channelData: JSON.stringify({ user_id: '1', user_info }),
            joinId: '',
            announced: true,
          },
        ],
      ]),
    );
    await joins(world, '2=', ROOM, '2');
    world.clock.advance(1);

    expect(await fanOut(world)(recordsIn(world))).toEqual([]);

    expect(world.gateway.receivedBy('2=')).toEqual([expect.stringContaining('"type":"LimitReached"')]);
    world.subscriptions.assertSubscribers(ROOM, '1=');
    world.gateway.assertReceived('1=', added('2'));
    world.deadLetters.assertEmpty();
  });
});

describe('whoever joins a cache channel', () => {
  it('is told that there is nothing, and so is the API', async () => {
    const world = newWorld();
    await joins(world, 'a=', CACHE);

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('a=', cacheSucceeded(), missed());
    world.webhooks.assertPublished({ name: 'cache_miss', channel: CACHE });
    world.subscriptions.assertJoining('a=', CACHE);
  });

  it('is told the last event, the very frame, though nobody listened to it', async () => {
    const world = newWorld();
    await fanOut(world)([record('1', CACHE), record('2', CACHE)]);
    await joins(world, 'a=', CACHE);

    await fanOut(world)(recordsIn(world, 3));

    world.gateway.assertReceived('a=', cacheSucceeded(), frame('2', CACHE));
    world.webhooks.assertNothingPublished();
  });

  it('is told an event once that is stored while it joins: by the cache, or as everybody is', async () => {
    const world = newWorld();
    await joins(world, 'a=', CACHE);
    const [joined] = recordsIn(world);
    if (joined === undefined) throw new Error('nobody has joined');

    await fanOut(world)([record('1', CACHE), joined, record('2', CACHE)]);

    world.gateway.assertReceived('a=', cacheSucceeded(), frame('1', CACHE), frame('2', CACHE));
  });

  it('with members gets the list, and then the event', async () => {
    const channel = 'presence-cache-room';
    const world = newWorld();
    await fanOut(world)([record('1', channel)]);
    await joins(world, 'a=', channel, '7');

    await fanOut(world)(recordsIn(world));

    const [success, event] = world.gateway.receivedBy('a=');
    expect(success).toContain('\\"ids\\":[\\"7\\"]');
    expect(event).toBe(frame('1', channel));
  });

  it('gets both through the retry queue, in order, when it cannot be reached', async () => {
    const world = newWorld();
    const id = await joins(world, 'a=', CACHE);
    world.gateway.always('a=', 'unavailable');

    expect(await fanOut(world)(recordsIn(world))).toEqual([]);

    expect(world.retries.deliveries).toEqual([
      {
        connectionId: 'a=',
        channel: CACHE,
        shard: 0,
        notificationId: id,
        sequenceNumber: sequence('0', CACHE),
        frames: [cacheSucceeded(), missed()],
      },
    ]);
    world.subscriptions.assertLagging('a=', CACHE, sequence('0', CACHE));
    world.subscriptions.assertJoining('a=', CACHE);
  });

  it('gets through the retry queue only what has not arrived', async () => {
    const world = newWorld();
    await joins(world, 'a=', CACHE);
    world.gateway.next('a=', 'delivered');
    world.gateway.always('a=', 'throttled');

    await fanOut(world)([...recordsIn(world), record('1', CACHE)]);

    world.gateway.assertReceived('a=', cacheSucceeded());
    expect(world.retries.deliveries.map(({ frames }) => frames)).toEqual([[missed()], [frame('1', CACHE)]]);
  });

  it('and still waits for something earlier is answered behind that', async () => {
    const world = newWorld();
    await joins(world, 'a=', CACHE);
    await fanOut(world)(recordsIn(world));
    await world.subscriptions.markLagging(place('a=', CACHE), sequence('1', CACHE));
    world.gateway.delivered.length = 0;
    await joins(world, 'a=', CACHE);

    await fanOut(world)(recordsIn(world, 2).slice(1));

    world.gateway.assertReceivedNothing('a=');
    expect(world.retries.deliveries).toEqual([
      expect.objectContaining({ frames: [cacheSucceeded(), missed()] }),
    ]);
  });

  it('and is gone is removed, and nothing is left undone', async () => {
    const world = newWorld();
    await joins(world, 'a=', CACHE);
    world.gateway.always('a=', 'gone');

    expect(await fanOut(world)(recordsIn(world))).toEqual([]);

    world.connections.assertRemoved('a=');
    expect(world.gateway.attempts('a=')).toBe(1);
  });
});

describe('a joining that is interrupted', () => {
  const CHANNEL = 'presence-cache-room';

  /** 1 is there, 2 joins; the next calls of that kind fail. */
  async function interruptedAt(point: string) {
    const world = newWorld();
    await joins(world, '1=', CHANNEL, '1');
    await fanOut(world)(earlier(recordsIn(world)));
    world.table.entries.length = 0;
    world.gateway.delivered.length = 0;
    world.webhooks.events.length = 0;
    await joins(world, '2=', CHANNEL, '2');
    const batch = recordsIn(world);
    const failOnce = (port: object, verb: string) => {
      const verbs = port as Record<string, unknown>;
      const works = verbs[verb];
      verbs[verb] = () => {
        verbs[verb] = works;
        throw new Error('throttled');
      };
    };
    if (point === 'announcing') failOnce(world.presence, 'announce');
    if (point === 'reading the subscribers') failOnce(world.subscriptions, 'audienceOf');
    if (point === 'finding the newcomer') failOnce(world.subscriptions, 'find');
    if (point === 'reading the members') failOnce(world.presence, 'membersOf');
    if (point === 'reading the cache') world.cache.failures.push(new Error('throttled'));
    if (point === 'publishing') world.webhooks.failNext();
    if (point === 'marking') failOnce(world.subscriptions, 'markJoined');
    return { world, batch };
  }
  const points = [
    'announcing',
    'reading the subscribers',
    'finding the newcomer',
    'reading the members',
    'reading the cache',
    'publishing',
    'marking',
  ];

  it.each(points)('at %s comes again, and here nobody is told anything twice', async (point) => {
    const { world, batch } = await interruptedAt(point);
    const broadcast = fanOut(world);

    expect(await broadcast(batch)).toEqual(batch.map(({ sequenceNumber }) => sequenceNumber));
    expect(await broadcast(batch)).toEqual([]);

    expect(world.gateway.receivedBy('1=')).toHaveLength(1);
    expect(world.gateway.receivedBy('2=')).toEqual([
      expect.stringContaining('subscription_succeeded'),
      expect.stringContaining('cache_miss'),
    ]);
    world.subscriptions.assertJoining('2=', CHANNEL);
    world.presence.assertAnnounced(CHANNEL, '1', '2');
    expect(new Set(world.webhooks.events.map(({ name }) => name))).toEqual(
      new Set(['member_added', 'cache_miss']),
    );
  });

  it.each(points)('at %s is taken up again elsewhere, and nothing of it is missing', async (point) => {
    const { world, batch } = await interruptedAt(point);

    await fanOut(world)(batch);
    expect(await fanOut(world)(batch)).toEqual([]);

    expect(world.gateway.receivedBy('1=').at(-1)).toContain('member_added');
    expect(world.gateway.receivedBy('2=').slice(-2)).toEqual([
      expect.stringContaining('subscription_succeeded'),
      expect.stringContaining('cache_miss'),
    ]);
    world.subscriptions.assertJoining('2=', CHANNEL);
    world.webhooks.assertPublishedOf(
      CHANNEL,
      'member_added',
      'cache_miss',
      ...(point === 'marking' ? (['member_added', 'cache_miss'] as const) : []),
    );
  });

  it('after everything was done is not answered again elsewhere', async () => {
    const { world, batch } = await interruptedAt('nothing');

    await fanOut(world)(batch);
    await fanOut(world)(batch);

    expect(world.gateway.receivedBy('2=')).toHaveLength(2);
  });

  it('holds up its channel: what comes after it is not told before it', async () => {
    const { world, batch } = await interruptedAt('reading the members');
    const broadcast = fanOut(world);
    const next = record('9', CHANNEL);

    expect(await broadcast([...batch, next])).toEqual(batch.map(({ sequenceNumber }) => sequenceNumber));
    world.gateway.assertReceivedNothing('2=');
    await broadcast([...batch, next]);

    expect(world.gateway.receivedBy('2=').at(-1)).toBe(frame('9', CHANNEL));
  });
});

describe('whoever joins a channel with many listeners', () => {
  /** As {@link roomWith}, spread over two shards from then on. */
  async function largeRoomWith(...userIds: string[]): Promise<World> {
    const world = await roomWith(...userIds);
    world.shards.spread(ROOM, 2);
    return world;
  }

  /** Everything that waits in the delivery queue. */
  async function deliverAll(world: World): Promise<void> {
    const messages = world.deliveries.deliveries.splice(0).map((delivery) => messageOf(delivery));
    expect(await delivering(world)(...messages)).toEqual([]);
  }

  it('is told its success at once, and the others through the queue', async () => {
    const world = await largeRoomWith('1', '2');
    await joins(world, '3=', ROOM, '3');

    await fanOut(world)(recordsIn(world));

    world.gateway.assertReceived('3=', succeeded('1', '2', '3'));
    world.subscriptions.assertJoining('3=', ROOM);
    world.gateway.assertReceivedNothing('1=');
    await deliverAll(world);
    world.gateway.assertReceived('3=', succeeded('1', '2', '3'));
    for (const id of ['1=', '2=']) world.gateway.assertReceived(id, added('3'));
  });

  it('hears nothing of what waited in the queue by then: it is in what it was told', async () => {
    const world = await largeRoomWith('1');
    await joins(world, '2=', ROOM, '2');
    await joins(world, '3=', ROOM, '3');

    await fanOut(world)([record('0', ROOM), ...recordsIn(world, 1), record('9', ROOM)]);
    await deliverAll(world);

    world.gateway.assertReceived('1=', frame('0', ROOM), added('2'), added('3'), frame('9', ROOM));
    world.gateway.assertReceived('2=', succeeded('1', '2'), added('3'), frame('9', ROOM));
    world.gateway.assertReceived('3=', succeeded('1', '2', '3'), frame('9', ROOM));
  });

  it('hears everything after it behind its success, when that has to be repeated', async () => {
    const world = await largeRoomWith('1');
    await joins(world, '2=', ROOM, '2');
    world.gateway.always('2=', 'throttled');

    await fanOut(world)([...recordsIn(world), record('9', ROOM)]);
    await deliverAll(world);

    const waiting = world.retries.deliveries.filter(({ connectionId }) => connectionId === '2=');
    expect(waiting.flatMap(({ frames }) => frames)).toEqual([succeeded('1', '2'), frame('9', ROOM)]);
  });

  it('and asks again is answered behind what waits for it', async () => {
    const world = await largeRoomWith('1', '2');
    await joins(world, '2=', ROOM, '2');

    await fanOut(world)([record('0', ROOM), ...recordsIn(world, 1), record('9', ROOM)]);
    world.gateway.assertReceivedNothing('2=');
    await deliverAll(world);

    world.gateway.assertReceived('2=', frame('0', ROOM), succeeded('1', '2'), frame('9', ROOM));
    world.gateway.assertReceived('1=', frame('0', ROOM), frame('9', ROOM));
  });

  it('of few listeners and asks again is answered behind what was queued when they were many', async () => {
    const world = await roomWith('1');
    await joins(world, '1=', ROOM, '1');
    await world.progress.noteQueued(ROOM, sequence('0', ROOM));

    await fanOut(world)(recordsIn(world, 1));

    world.gateway.assertReceivedNothing('1=');
    expect(world.deliveries.deliveries).toEqual([
      expect.objectContaining({ shard: 0, only: '1=', frames: [succeeded('1')] }),
    ]);
  });

  it('and asks again after its coming was given up is answered at once', async () => {
    const world = await largeRoomWith('1');
    await joins(world, '2=', ROOM, '2');
    world.clock.advance(1);
    await joins(world, '2=', ROOM, '2');

    await fanOut(world)(recordsIn(world).slice(1));

    world.gateway.assertReceived('2=', succeeded('1', '2'));
    world.subscriptions.assertJoining('2=', ROOM);
  });
});
