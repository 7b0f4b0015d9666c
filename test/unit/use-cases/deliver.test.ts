import { describe, expect, it } from 'vitest';
import { CHANNEL, frame, place, sequence, worldWith } from './notification-records.ts';
import { delivering, queued, TIMEOUT_IN_MILLISECONDS } from './shard-deliveries.ts';
import { NOW, NOW_IN_SECONDS, newWorld, subscribed, type World } from './world.ts';

const ids = (count: number) =>
  Array.from({ length: count }, (_, index) => `${String(index).padStart(4, '0')}=`);

/** The next call of that verb fails, or each one while `lasting` says so. */
function failing(port: object, verb: string, after = 0): { lasting: boolean } {
  const state = { lasting: true };
  const verbs = port as Record<string, (...given: unknown[]) => unknown>;
  const works = verbs[verb]?.bind(port);
  let calls = 0;
  verbs[verb] = (...given) => {
    calls += 1;
    if (state.lasting && calls > after) return Promise.reject(new Error('throttled'));
    return works?.(...given);
  };
  return state;
}

/** Pages of one connection each. */
async function pagedWorld(connectionIds: readonly string[], latencyInMilliseconds = 0): Promise<World> {
  const world = await worldWith(connectionIds, latencyInMilliseconds);
  world.subscriptions.pageSize = 1;
  return world;
}

describe('delivering to a shard', () => {
  it('reaches everybody in it, page by page, and nobody else, and notes that it is done', async () => {
    const world = newWorld();
    world.shards.spread(CHANNEL, 2);
    world.subscriptions.pageSize = 2;
    for (const id of ['1=', '3=', '5=', '7=', '9=', '2=']) await subscribed(world, id, CHANNEL);

    expect(await delivering(world)(queued('1', { shard: 0 }))).toEqual([]);

    for (const id of ['1=', '3=', '5=', '7=', '9=']) {
      const isThere = (await world.subscriptions.find(id, CHANNEL))?.shard === 0;
      world.gateway.assertReceived(id, ...(isThere ? [frame('1')] : []));
    }
    expect(world.gateway.delivered).not.toHaveLength(0);
    expect(world.gateway.delivered).not.toHaveLength(6);
    world.progress.assertDone(CHANNEL, 0, sequence('1'));
    world.progress.assertDone(CHANNEL, 1);
    world.retries.assertEmpty();
    world.repetition.assertNothingPostponed();
    const { length } = world.gateway.delivered;
    world.logger.assertLogged('shard-delivered', { channel: CHANNEL, shard: 0, delivered: length });
  });

  it('passes over whom it is not for, and counts who came later', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.clock.advance(600_000);
    await subscribed(world, 'late=', CHANNEL);

    await delivering(world)(queued('1', { except: { connectionId: 'a=' }, storedAt: NOW_IN_SECONDS }));

    world.gateway.assertReceivedNothing('a=');
    world.gateway.assertReceived('b=', frame('1'));
    world.gateway.assertReceivedNothing('late=');
    world.logger.assertLogged('shard-delivered', { delivered: 1, 'came-later': 1 });
  });

  it('is for one connection alone where it says so, by all its frames, and only while that is in the shard', async () => {
    const world = await worldWith(['a=', 'b=']);
    // Looking into other shards is what the function has no grant for.
    world.subscriptions.find = () => Promise.reject(new Error('the shard is known'));

    await delivering(world)(queued('1', { only: 'a=', frames: ['first', 'second'] }));
    await delivering(world)(queued('2', { only: 'a=', shard: 1 }), queued('3', { only: 'gone=' }));

    world.gateway.assertReceived('a=', 'first', 'second');
    world.gateway.assertReceivedNothing('b=');
    world.progress.assertDone(CHANNEL, 0, sequence('3'));
    world.progress.assertDone(CHANNEL, 1, sequence('2'));
  });

  it('of nobody is done', async () => {
    const world = newWorld();
    expect(await delivering(world)(queued('1'))).toEqual([]);
    world.progress.assertDone(CHANNEL, 0, sequence('1'));
  });

  it('reads the next page while it posts to one', async () => {
    const world = await pagedWorld(['a=', 'b=', 'c='], 10);
    const course: string[] = [];
    const read = world.subscriptions.subscribersOf.bind(world.subscriptions);
    world.subscriptions.subscribersOf = async function* (channel, shard, after) {
      for await (const page of read(channel, shard, after)) {
        course.push(`read ${page[0]?.connectionId}`);
        yield page;
      }
    };
    const post = world.gateway.post.bind(world.gateway);
    world.gateway.post = async (connectionId, ...more) => {
      const outcome = await post(connectionId, ...more);
      course.push(`posted ${connectionId}`);
      return outcome;
    };

    await delivering(world)(queued('1'));

    expect(course).toEqual(['read a=', 'read b=', 'posted a=', 'read c=', 'posted b=', 'posted c=']);
  });
});

describe('who cannot be reached by delivering', () => {
  it('is tried for two seconds, then waits in the retry queue by itself, and what comes next behind it', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.gateway.always('a=', 'throttled');

    expect(await delivering(world)(queued('1'), queued('2'))).toEqual([]);

    world.retries.assertWaiting('a=', '1', '2');
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('2'));
    world.gateway.assertReceived('b=', frame('1'), frame('2'));
    expect(world.clock.now() - NOW).toBeGreaterThan(1_000);
    expect(world.clock.now() - NOW).toBeLessThanOrEqual(2_000);
  });

  it('waits there with its shard', async () => {
    const world = newWorld();
    world.shards.spread(CHANNEL, 2);
    await subscribed(world, '2=', CHANNEL);
    const { shard = -1 } = (await world.subscriptions.find('2=', CHANNEL)) ?? {};
    world.gateway.always('2=', 'unavailable');

    await delivering(world)(queued('1', { shard }));

    expect(world.retries.deliveries).toEqual([
      {
        connectionId: '2=',
        channel: CHANNEL,
        shard,
        notificationId: '1',
        sequenceNumber: sequence('1'),
        frames: [frame('1')],
      },
    ]);
  });

  it('is queued up for with its page: no later page is waited for', async () => {
    const world = await pagedWorld(['a=', 'b=', 'c=']);
    world.gateway.always('a=', 'unavailable');
    const waiting: number[] = [];
    const pass = world.progress.notePassed.bind(world.progress);
    world.progress.notePassed = async (...given) => {
      waiting.push(world.retries.deliveries.length);
      await pass(...given);
    };

    await delivering(world)(queued('1'));

    expect(waiting).toEqual([1, 1, 1]);
  });

  it('because the gateway is down costs each page ten seconds at most, and nobody is left out', async () => {
    const many = ids(1_500);
    const world = await worldWith(many);
    world.subscriptions.pageSize = 1_000;
    for (const id of many) world.gateway.always(id, 'throttled');

    expect(await delivering(world)(queued('1'))).toEqual([]);

    expect(world.retries.deliveries).toHaveLength(1_500);
    expect(world.clock.now() - NOW).toBeLessThanOrEqual(20_000);
  });
});

describe('a message of the delivery queue that comes again', () => {
  it('after it was done is passed over', async () => {
    const world = await worldWith(['a=']);
    await delivering(world)(queued('1'));

    expect(await delivering(world)(queued('1', {}, 2))).toEqual([]);

    world.gateway.assertReceived('a=', frame('1'));
    world.logger.assertLogged('shard-done-before', { notificationId: '1' });
  });

  it('goes on behind the last page that was done, whoever does so', async () => {
    const world = await pagedWorld(['a=', 'b=', 'c=']);
    const state = failing(world.subscriptions, 'markLagging');
    world.gateway.next('c=', new Error('403 Forbidden'));
    expect(await delivering(world)(queued('1'))).toEqual([`message-${CHANNEL}-0-1`]);
    world.gateway.assertReceivedNothing('c=');
    state.lasting = false;

    expect(await delivering(world)(queued('1', {}, 2))).toEqual([]);

    for (const id of ['a=', 'b=', 'c=']) world.gateway.assertReceived(id, frame('1'));
  });

  it('goes by no progress but its own', async () => {
    const world = await pagedWorld(['a=', 'b=']);
    await world.progress.notePassed(CHANNEL, 0, sequence('1'), 'b=');
    await world.progress.noteDone(CHANNEL, 0, sequence('3'));
    await world.progress.notePassed(CHANNEL, 1, sequence('2'), 'b=');

    await delivering(world)(queued('2'));

    for (const id of ['a=', 'b=']) world.gateway.assertReceived(id, frame('2'));
    world.progress.assertDone(CHANNEL, 0, sequence('3'));
  });

  it.each([
    ['the retry queue', 'retries', 'enqueue'],
    ['the mark of who lags', 'subscriptions', 'markLagging'],
    ['what was passed', 'progress', 'notePassed'],
    ['what is done', 'progress', 'noteDone'],
    ['the progress', 'progress', 'progressOf'],
  ] as const)('because of %s sends nothing twice here, and loses nothing', async (_, port, verb) => {
    const world = await worldWith(['a=', 'b=', 'c=']);
    world.gateway.always('b=', 'unavailable');
    const state = failing(world[port], verb);
    const deliver = delivering(world);

    expect(await deliver(queued('1'))).toEqual([`message-${CHANNEL}-0-1`]);
    state.lasting = false;
    expect(await deliver(queued('1', {}, 2))).toEqual([]);

    for (const id of ['a=', 'c=']) world.gateway.assertReceived(id, frame('1'));
    world.retries.assertWaiting('b=', '1');
    world.progress.assertDone(CHANNEL, 0, sequence('1'));
    world.logger.assertLogged('shard-interrupted', { channel: CHANNEL, shard: 0, receives: 1 });
  });

  it('because a page could not be read has posted to those before it', async () => {
    const world = await pagedWorld(['a=', 'b=']);
    const read = world.subscriptions.subscribersOf.bind(world.subscriptions);
    world.subscriptions.subscribersOf = async function* (...given) {
      for await (const page of read(...given)) {
        if (page[0]?.connectionId === 'b=') throw new Error('throttled');
        yield page;
      }
    };
    expect(await delivering(world)(queued('1'))).toEqual([`message-${CHANNEL}-0-1`]);
    world.subscriptions.subscribersOf = read;

    expect(await delivering(world)(queued('1', {}, 2))).toEqual([]);

    for (const id of ['a=', 'b=']) world.gateway.assertReceived(id, frame('1'));
  });

  it('takes those behind it with it, which would overtake it, and has them come when it does', async () => {
    const world = await worldWith(['a=']);
    failing(world.progress, 'progressOf', 1);

    const failed = await delivering(world)(queued('1'), queued('2', {}, 3), queued('3'));

    expect(failed).toEqual(['2', '3'].map((id) => `message-${CHANNEL}-0-${id}`));
    world.gateway.assertReceived('a=', frame('1'));
    // One that stayed hidden would keep its whole group back for as long.
    world.repetition.assertPostponed({ 'handle-2': 4, 'handle-3': 4 });
  });
});

describe('several messages of the delivery queue', () => {
  it('are worked on side by side where they are for different shards, and one that fails holds up its own alone', async () => {
    const world = newWorld();
    world.shards.spread(CHANNEL, 2);
    for (const id of ['1=', '3=', '5=', '7=', '9=', '2=']) await subscribed(world, id, CHANNEL);
    const read = world.subscriptions.subscribersOf.bind(world.subscriptions);
    world.subscriptions.subscribersOf = (channel, shard, after) => {
      if (shard === 0) throw new Error('throttled');
      return read(channel, shard, after);
    };

    const failed = await delivering(world)(
      queued('1', { shard: 0 }),
      queued('1', { shard: 1 }),
      queued('2', { shard: 0 }),
      queued('2', { shard: 1 }),
    );

    expect(failed).toEqual(['1', '2'].map((id) => `message-${CHANNEL}-0-${id}`));
    world.progress.assertDone(CHANNEL, 1, sequence('2'));
    world.progress.assertDone(CHANNEL, 0);
  });

  it('wait for none of another shard', async () => {
    const world = await worldWith(['a=']);
    const read = world.subscriptions.subscribersOf.bind(world.subscriptions);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    world.subscriptions.subscribersOf = async function* (channel, shard, after) {
      if (shard === 0) await held;
      else goOn();
      yield* read(channel, shard, after);
    };

    expect(await delivering(world)(queued('1', { shard: 0 }), queued('1', { shard: 1 }))).toEqual([]);

    world.gateway.assertReceived('a=', frame('1'));
  });
});

describe('a client event that has waited', () => {
  it.each([
    [30, [frame('1')]],
    [31, []],
  ])('for %d seconds', async (seconds, received) => {
    const world = await worldWith(['a=']);
    const storedAt = NOW_IN_SECONDS - seconds;

    const failed = await delivering(world)(queued('1', { kind: 'client-event', storedAt }));

    expect(failed).toEqual([]);
    world.gateway.assertReceived('a=', ...received);
    world.progress.assertDone(CHANNEL, 0, sequence('1'));
  });

  it('is not what a notification is, which is delivered however late', async () => {
    const world = await worldWith(['a=']);

    world.clock.advance(3_000_000);

    await delivering(world)(queued('1', { storedAt: NOW_IN_SECONDS }));

    world.gateway.assertReceived('a=', frame('1'));
  });
});

describe('when a message of the delivery queue comes again', () => {
  it.each([
    [1, 1],
    [2, 2],
    [5, 16],
    [9, 60],
    [500, 60],
  ])('after %d receives without any progress: in %d seconds', async (receives, inSeconds) => {
    const world = await worldWith(['a=']);
    failing(world.progress, 'progressOf');

    await delivering(world)(queued('1', {}, receives));

    world.repetition.assertPostponed({ 'handle-1': inSeconds });
  });

  it('is in a second when it has got further', async () => {
    const world = await pagedWorld(['a=', 'b=']);
    failing(world.progress, 'notePassed', 1);

    await delivering(world)(queued('1', {}, 7));

    world.repetition.assertPostponed({ 'handle-1': 1 });
  });

  it('is when its queue thinks best, if that cannot be said', async () => {
    const world = await worldWith(['a=']);
    failing(world.progress, 'progressOf');
    world.repetition.failure = new Error('a handle is not valid');

    expect(await delivering(world)(queued('1'))).toEqual([`message-${CHANNEL}-0-1`]);

    world.logger.assertLogged('delivery-not-postponed');
  });
});

describe('the time of the deliver function', () => {
  it('is left to what is under way: no page is begun after half of it, and the message comes again', async () => {
    const world = await pagedWorld(['a=', 'b=', 'c=', 'd='], 6_000);
    const deliver = delivering(world);

    expect(await deliver(queued('1'))).toEqual([`message-${CHANNEL}-0-1`]);

    for (const id of ['a=', 'b=', 'c=']) world.gateway.assertReceived(id, frame('1'));
    world.gateway.assertReceivedNothing('d=');
    world.repetition.assertPostponed({ 'handle-1': 1 });
    world.logger.assertLogged('shard-postponed', { pages: 3 });
    world.logger.assertNoErrors();
    expect(await deliver(queued('1', {}, 2))).toEqual([]);
    for (const id of ['a=', 'b=', 'c=', 'd=']) world.gateway.assertReceived(id, frame('1'));
  });

  it('is enough for a page whose posts all hang: who was not reached gets it through the retry queue', async () => {
    const many = ids(3_000);
    const world = await worldWith(many, 3_000);
    world.subscriptions.pageSize = 3_000;
    for (const id of many) world.gateway.always(id, 'unavailable');

    expect(await delivering(world)(queued('1'))).toEqual([]);

    expect(world.clock.now() - NOW).toBeGreaterThan(TIMEOUT_IN_MILLISECONDS / 2);
    expect(world.clock.now() - NOW).toBeLessThan((TIMEOUT_IN_MILLISECONDS * 3) / 4 + 4_000);
    expect(world.retries.deliveries).toHaveLength(3_000);
  });
});

describe('an entry older than any connection', () => {
  it('is done with when its turn in the delivery queue has come, and holds up nobody', async () => {
    const world = await worldWith(['a=']);
    await world.progress.noteQueued(CHANNEL, sequence('1'));

    expect(await delivering(world)(queued('1', { storedAt: NOW_IN_SECONDS - 3 * 3600 }))).toEqual([]);

    world.gateway.assertReceivedNothing('a=');
    world.progress.assertDone(CHANNEL, 0, sequence('1'));
    world.logger.assertLogged('entry-outdated', { channel: CHANNEL, shard: 0, notificationId: '1' });
  });
});

describe('a connection that lags', () => {
  it('is not overtaken by what is delivered to its shard', async () => {
    const world = await worldWith(['a=', 'b=']);
    await world.subscriptions.markLagging(place('a='), sequence('0'));

    await delivering(world)(queued('1'));

    world.gateway.assertReceivedNothing('a=');
    world.retries.assertWaiting('a=', '1');
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('1'));
    world.gateway.assertReceived('b=', frame('1'));
  });
});
