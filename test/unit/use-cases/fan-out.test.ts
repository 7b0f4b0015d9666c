import { describe, expect, it } from 'vitest';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { fanOut } from '../../../lambdas/use-cases/fan-out.ts';
import { CHANNEL, frame, place, record, sequence, storedAt, worldWith } from './notification-records.ts';
import { connected, NOW, NOW_IN_SECONDS, newWorld, subscribed, type World } from './world.ts';

describe('fan-out', () => {
  it('sends a notification to every subscriber of its channel and to nobody else', async () => {
    const world = await worldWith(['a=', 'b=']);
    await subscribed(world, 'c=', 'private-commerce.1');
    await subscribed(world, 'd=', `${CHANNEL}.orders`);
    await connected(world, 'e=');

    expect(await fanOut(world)([record('1')])).toEqual([]);

    for (const id of ['a=', 'b=']) world.gateway.assertReceived(id, frame('1'));
    for (const id of ['c=', 'd=', 'e=']) world.gateway.assertReceivedNothing(id);
    world.retries.assertEmpty();
    world.deadLetters.assertEmpty();
    world.logger.assertLogged('entry-broadcast', { kind: 'notification', notificationId: '1', delivered: 2 });
  });

  it('leaves out the socket that the notification names, and only that one', async () => {
    const world = await worldWith(['a=', 'b=']);

    await fanOut(world)([
      record('1', CHANNEL, { socketId: { S: socketIdOf('a=') } }),
      record('2', CHANNEL, { socketId: { S: '123.456' } }),
    ]);

    world.gateway.assertReceived('a=', frame('2'));
    world.gateway.assertReceived('b=', frame('1'), frame('2'));
  });

  it('does nothing for a channel without subscribers', async () => {
    const world = newWorld();

    expect(await fanOut(world)([record('1')])).toEqual([]);

    expect(world.gateway.delivered).toEqual([]);
  });

  it('keeps the order of a channel for every connection, however long posts take', async () => {
    const world = await worldWith(['a=', 'b='], 10);
    world.gateway.next('a=', 'throttled', 'delivered', 'unavailable');
    const ids = ['1', '2', '3', '4', '5'];

    await fanOut(world)(ids.map((id) => record(id)));

    for (const connection of ['a=', 'b='])
      world.gateway.assertReceived(connection, ...ids.map((id) => frame(id)));
  });

  it('runs channels side by side: one that has to wait does not hold up the others', async () => {
    const world = await worldWith(['a='], 10);
    await subscribed(world, 'b=', 'other');
    world.gateway.always('a=', 'unavailable');

    await fanOut(world)([record('1'), record('2'), record('1', 'other')]);

    expect(world.gateway.delivered).toEqual([expect.objectContaining({ connectionId: 'b=', at: NOW + 10 })]);
    world.retries.assertWaiting('a=', '1', '2');
  });

  it('posts to many connections at once, but not to any number', async () => {
    const world = await worldWith(
      Array.from({ length: 300 }, (_, index) => `${index}=`),
      10,
    );

    await fanOut(world)([record('1')]);

    expect(world.gateway.delivered).toHaveLength(300);
    expect(world.gateway.busiest).toBe(100);
    expect(world.clock.now() - NOW).toBe(30);
  });
});

describe('a row that is no notification', () => {
  it('goes to the dead-letter queue whole, with its reason, and those around it go on', async () => {
    const world = await worldWith(['a=']);
    const malformed = record('2', CHANNEL, { event: undefined });

    expect(await fanOut(world)([record('1'), malformed, record('3')])).toEqual([]);

    world.gateway.assertReceived('a=', frame('1'), frame('3'));
    expect(world.deadLetters.letters).toEqual([
      { reason: expect.stringMatching(/^event must/), row: malformed.row, sequenceNumber: sequence('2') },
    ]);
  });

  it.each([
    ['on a channel that cannot be', record('1', 'not a channel'), /channel name may only contain/],
    ['beyond what API Gateway carries', record('1', CHANNEL, { data: { S: 'x'.repeat(140_000) } }), /128 KB/],
    ['missing', { eventId: 'e', sequenceNumber: sequence('1'), row: undefined }, /new image/],
  ])('is buried when it is %s', async (_, wrong, reason) => {
    const world = await worldWith(['a=']);

    expect(await fanOut(world)([wrong])).toEqual([]);

    world.deadLetters.assertBuried(wrong.sequenceNumber, reason);
    world.gateway.assertReceivedNothing('a=');
    world.logger.assertNeverLogged('x'.repeat(100));
  });

  it('says in its letter where in the payload it is wrong, and in the log only what is', async () => {
    const world = await worldWith(['a=']);
    const data = { M: { 'Juan Pérez': { N: 'NaN' } } };

    await fanOut(world)([record('1', CHANNEL, { data })]);

    world.deadLetters.assertBuried(sequence('1'), /number attribute .*: data\.Juan Pérez$/);
    world.logger.assertLogged('row-buried', { sequenceNumber: sequence('1') });
    world.logger.assertNeverLogged('Juan');
  });

  it('comes again when it could not be buried, and does not hold up a channel', async () => {
    const world = await worldWith(['a=']);
    world.deadLetters.failNext();
    const broadcast = fanOut(world);
    const batch = [record('1', CHANNEL, { event: undefined }), record('2')];

    expect(await broadcast(batch)).toEqual([sequence('1')]);
    expect(await broadcast(batch)).toEqual([]);

    world.deadLetters.assertBuried(sequence('1'), /event/);
    world.gateway.assertReceived('a=', frame('2'));
  });

  it('is found out by API Gateway alone (413), buried once, and tried with nobody again', async () => {
    const world = await worldWith(['a=', 'b=']);
    for (const id of ['a=', 'b=']) world.gateway.next(id, 'too-large');

    expect(await fanOut(world)([record('1'), record('2')])).toEqual([]);

    world.deadLetters.assertBuried(sequence('1'), /413/);
    world.gateway.assertReceived('a=', frame('2'));
    world.retries.assertEmpty();
  });
});

describe('a batch that fails in part', () => {
  /** Subscribers of that channel cannot be read as long as `broken` says so. */
  function breakReading(world: World, channel: string): { broken: boolean } {
    const state = { broken: true };
    const look = world.subscriptions.audienceOf.bind(world.subscriptions);
    world.subscriptions.audienceOf = async (asked, most) => {
      if (state.broken && asked === channel) throw new Error('throttled');
      return await look(asked, most);
    };
    return state;
  }

  it('comes again from the record whose subscribers could not be read; its channel waits, the others do not', async () => {
    const world = await worldWith(['a=']);
    await subscribed(world, 'b=', 'other');
    breakReading(world, CHANNEL);

    const failed = await fanOut(world)([
      record('1'),
      record('1', 'other'),
      record('2'),
      record('2', 'other'),
    ]);

    expect(failed).toEqual([sequence('1')]);
    world.gateway.assertReceivedNothing('a=');
    world.gateway.assertReceived('b=', frame('1', 'other'), frame('2', 'other'));
    world.logger.assertLogged('broadcast-interrupted', { sequenceNumber: sequence('1') });
  });

  it('sends nothing twice when it comes again to the same environment', async () => {
    const world = await worldWith(['a=']);
    await subscribed(world, 'b=', 'other');
    const state = breakReading(world, CHANNEL);
    const broadcast = fanOut(world);
    const batch = [record('1', 'other'), record('1'), record('2', 'other'), record('2')];

    expect(await broadcast(batch)).toEqual([sequence('1')]);
    state.broken = false;
    // What Lambda sends again: everything from the failed record on.
    expect(await broadcast(batch.slice(1))).toEqual([]);

    world.gateway.assertReceived('a=', frame('1'), frame('2'));
    world.gateway.assertReceived('b=', frame('1', 'other'), frame('2', 'other'));
  });

  it('comes again when deliveries could not be queued, and then only those are owed', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.gateway.always('a=', 'unavailable');
    world.retries.failNext();
    const broadcast = fanOut(world);

    expect(await broadcast([record('1'), record('2')])).toEqual([sequence('1')]);
    world.gateway.assertReceived('b=', frame('1'));
    const attempts = world.gateway.attempts('a=');
    expect(await broadcast([record('1'), record('2')])).toEqual([]);

    world.gateway.assertReceived('b=', frame('1'), frame('2'));
    world.retries.assertWaiting('a=', '1', '2');
    expect(world.gateway.attempts('a=')).toBe(attempts);
  });

  it('comes again when a connection could not be marked as lagging, and nothing was queued unmarked', async () => {
    const world = await worldWith(['a=']);
    world.gateway.always('a=', 'unavailable');
    world.subscriptions.markLagging = () => Promise.reject(new Error('throttled'));

    expect(await fanOut(world)([record('1')])).toEqual([sequence('1')]);

    world.retries.assertEmpty();
  });

  it('queues again, for what comes again elsewhere: no connection stays marked without a message', async () => {
    const world = await worldWith(['a=']);
    world.gateway.always('a=', 'unavailable');
    await fanOut(world)([record('1')]);
    // It was delivered and its mark taken back, and another environment gets the same batch.
    await world.subscriptions.clearLagging(place('a='), sequence('1'));
    await fanOut(world)([record('1')]);

    world.subscriptions.assertLagging('a=', CHANNEL, sequence('1'));
    world.retries.assertWaiting('a=', '1', '1');
  });

  it('that is delivered twice, as streams do, is sent once', async () => {
    const world = await worldWith(['a=']);
    const broadcast = fanOut(world);

    await broadcast([record('1'), record('2')]);
    await broadcast([record('1'), record('2'), record('3')]);

    world.gateway.assertReceived('a=', frame('1'), frame('2'), frame('3'));
  });
});

describe('a row older than any connection', () => {
  /** Longer than the two hours of API Gateway and the slack of the rows. */
  const AGE_IN_SECONDS = 3 * 3600;
  const old = NOW_IN_SECONDS - AGE_IN_SECONDS;

  it('is passed over without anybody being looked for: it is no failure, and holds up nobody', async () => {
    const world = await worldWith(['a=']);
    const asked: string[] = [];
    const look = world.subscriptions.audienceOf.bind(world.subscriptions);
    world.subscriptions.audienceOf = async (channel, most) => {
      asked.push(channel);
      return await look(channel, most);
    };

    expect(await fanOut(world)([storedAt(old, '1'), storedAt(NOW_IN_SECONDS, '2')])).toEqual([]);

    expect(asked).toEqual([CHANNEL]);
    world.gateway.assertReceived('a=', frame('2'));
    world.logger.assertLogged('entry-outdated', {
      channel: CHANNEL,
      notificationId: '1',
      storedAt: old,
    });
    world.logger.assertNoErrors();
    world.deadLetters.assertEmpty();
  });

  it('reaches nobody even on a subscription that does not know since when it is there', async () => {
    const world = await worldWith(['a=']);
    const row = world.table.subscriptionRows.get(CHANNEL)?.get('a=');
    world.table.subscriptionRows
      .get(CHANNEL)
      ?.set('a=', { expiresAt: 0, askedAt: 0, shard: 0, ...row, since: 0 });

    await fanOut(world)([storedAt(old, '1'), storedAt(NOW_IN_SECONDS - 7200, '2')]);

    world.gateway.assertReceived('a=', frame('2'));
  });

  it('is buried when it is no notification, as at any age', async () => {
    const world = await worldWith(['a=']);

    await fanOut(world)([{ ...record('1', CHANNEL, { event: undefined }), storedAt: old }]);

    world.deadLetters.assertBuried(sequence('1'), /event/);
  });
});

describe('the time of the function', () => {
  const TIMEOUT_IN_MILLISECONDS = 120_000;

  it('is left to what is under way: no record is begun after half of it, and what is done stays done', async () => {
    const world = await worldWith(['a='], 25_000);
    const batch = ['1', '2', '3', '4', '5'].map((id) => record(id));
    const broadcast = fanOut(world);

    expect(await broadcast(batch)).toEqual([sequence('4')]);

    world.gateway.assertReceived('a=', frame('1'), frame('2'), frame('3'));
    world.logger.assertLogged('broadcast-postponed', { sequenceNumber: sequence('4') });
    world.logger.assertNoErrors();
    expect(await broadcast(batch.slice(3))).toEqual([]);
    world.gateway.assertReceived('a=', ...['1', '2', '3', '4', '5'].map((id) => frame(id)));
  });

  it('ends for every channel at once, also for those that were not begun', async () => {
    const channels = Array.from({ length: 12 }, (_, index) => `channel-${index}`);
    const world = newWorld({ latencyInMilliseconds: 70_000 });
    for (const channel of channels) await subscribed(world, `${channel}=`, channel);

    const failed = await fanOut(world)(channels.map((channel) => record('1', channel)));

    expect(failed).toEqual([sequence('1', 'channel-10'), sequence('1', 'channel-11')]);
  });

  it('is enough for channels whose posts all hang: who was not reached gets it through the retry queue', async () => {
    const channels = Array.from({ length: 10 }, (_, index) => `channel-${index}`);
    const world = newWorld({ latencyInMilliseconds: 3_000, places: 128 });
    for (const channel of channels) {
      for (let index = 0; index < 500; index++) {
        const id = `${channel}-${index}=`;
        await subscribed(world, id, channel);
        world.gateway.always(id, 'unavailable');
      }
    }

    expect(await fanOut(world)(channels.map((channel) => record('1', channel)))).toEqual([]);

    expect(world.clock.now() - NOW).toBeGreaterThan(TIMEOUT_IN_MILLISECONDS / 2);
    expect(world.clock.now() - NOW).toBeLessThan((TIMEOUT_IN_MILLISECONDS * 3) / 4);
    expect(world.retries.deliveries).toHaveLength(5_000);
  });
});

describe('records without a name', () => {
  it('are not taken for one another', async () => {
    const world = await worldWith(['a=']);
    const broadcast = fanOut(world);

    await broadcast([{ ...record('1'), eventId: '' }]);
    await broadcast([{ ...record('2'), eventId: '' }]);

    world.gateway.assertReceived('a=', frame('1'), frame('2'));
  });
});
