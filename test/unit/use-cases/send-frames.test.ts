import { describe, expect, it } from 'vitest';
import { MOMENT_IN_MILLISECONDS } from '../../../lambdas/use-cases/broadcast-entry.ts';
import { fanOut } from '../../../lambdas/use-cases/fan-out.ts';
import { CHANNEL, frame, place, record, sequence, storedAt, worldWith } from './notification-records.ts';
import { NOW, NOW_IN_SECONDS, newWorld, subscribed } from './world.ts';

describe('a connection that cannot be reached', () => {
  it('is removed when it is gone, and the others hear the notification', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.gateway.always('a=', 'gone');

    expect(await fanOut(world)([record('1')])).toEqual([]);

    world.connections.assertRemoved('a=');
    world.connections.assertKept('b=');
    world.gateway.assertReceived('b=', frame('1'));
    world.retries.assertEmpty();
    expect(world.gateway.attempts('a=')).toBe(1);
  });

  it('and cannot be removed either fails nothing', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.gateway.always('a=', 'gone');
    world.connections.remove = () => Promise.reject(new Error('throttled'));

    expect(await fanOut(world)([record('1'), record('2')])).toEqual([]);

    world.gateway.assertReceived('b=', frame('1'), frame('2'));
    world.logger.assertLogged('removal-failed', { connectionId: 'a=' });
  });

  it.each(['throttled', 'unavailable'] as const)(
    'for a moment (%s) is tried again, and gets it once',
    async (outcome) => {
      const world = await worldWith(['a=', 'b=']);
      world.gateway.next('a=', outcome, outcome);

      await fanOut(world)([record('1')]);

      world.gateway.assertReceived('a=', frame('1'));
      world.gateway.assertReceived('b=', frame('1'));
      expect(world.gateway.attempts('b=')).toBe(1);
      world.subscriptions.assertLagging('a=', CHANNEL);
      world.retries.assertEmpty();
    },
  );

  it.each(['throttled', 'unavailable'] as const)(
    'for longer (%s) gets it through the retry queue',
    async (outcome) => {
      const world = await worldWith(['a=', 'b=']);
      world.gateway.always('a=', outcome);

      expect(await fanOut(world)([record('1')])).toEqual([]);

      expect(world.retries.deliveries).toEqual([
        {
          connectionId: 'a=',
          channel: CHANNEL,
          shard: 0,
          notificationId: '1',
          sequenceNumber: sequence('1'),
          frames: [frame('1')],
        },
      ]);
      world.subscriptions.assertLagging('a=', CHANNEL, sequence('1'));
      world.gateway.assertReceived('b=', frame('1'));
      expect(world.clock.now() - NOW).toBeLessThanOrEqual(MOMENT_IN_MILLISECONDS);
    },
  );

  it('queues up behind what it waits for: nothing overtakes', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.gateway.next('a=', ...Array.from({ length: 50 }, () => 'unavailable' as const));

    await fanOut(world)([record('1')]);
    world.gateway.next('a=', 'delivered');
    const attempts = world.gateway.attempts('a=');
    await fanOut(world)([record('2'), record('3')]);

    expect(world.gateway.attempts('a=')).toBe(attempts);
    world.gateway.assertReceivedNothing('a=');
    world.retries.assertWaiting('a=', '1', '2', '3');
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('3'));
    world.gateway.assertReceived('b=', frame('1'), frame('2'), frame('3'));
  });

  it('is posted to again once it waits for nothing', async () => {
    const world = await worldWith(['a=']);
    await world.subscriptions.markLagging(place('a='), sequence('0'));
    await fanOut(world)([record('1')]);
    await world.subscriptions.clearLagging(place('a='), sequence('0'));
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('1'));
    await world.subscriptions.clearLagging(place('a='), sequence('1'));

    await fanOut(world)([record('2')]);

    world.gateway.assertReceived('a=', frame('2'));
  });

  it('lags on one channel without lagging on another', async () => {
    const world = await worldWith(['a=']);
    await world.subscriptions.subscribe({
      connectionId: 'a=',
      channel: 'other',
      expiresAt: NOW,
      askedAt: NOW,
      inOrder: false,
    });
    await world.subscriptions.markLagging(place('a='), sequence('0'));

    await fanOut(world)([record('1'), record('1', 'other')]);

    world.gateway.assertReceived('a=', frame('1', 'other'));
    world.retries.assertWaiting('a=', '1');
  });

  it('is owed nothing when it unsubscribes in between', async () => {
    const world = await worldWith(['a=']);
    world.gateway.always('a=', 'unavailable');
    const mark = world.subscriptions.markLagging.bind(world.subscriptions);
    world.subscriptions.markLagging = async (where, sequenceNumber) => {
      await world.subscriptions.unsubscribe(where.connectionId, where.channel, NOW + 1);
      return await mark(where, sequenceNumber);
    };

    expect(await fanOut(world)([record('1')])).toEqual([]);

    world.retries.assertEmpty();
  });

  it('for a reason nobody knows fails no batch: it is queued, and the reason logged', async () => {
    const world = await worldWith(['a=', 'b=']);
    world.gateway.always('a=', new Error('403 Forbidden'));

    expect(await fanOut(world)([record('1'), record('2')])).toEqual([]);

    world.gateway.assertReceived('b=', frame('1'), frame('2'));
    world.retries.assertWaiting('a=', '1', '2');
    world.logger.assertLogged('post-failed', { connectionId: 'a=', message: 'Error: 403 Forbidden' });
  });

  it('because it has stopped reading costs the others a moment, once: those of its channel and those of all others', async () => {
    const world = await worldWith(['stuck=', 'a=']);
    await subscribed(world, 'b=', 'other');
    world.gateway.always('stuck=', 'throttled');

    const ids = ['1', '2', '3', '4'];
    await fanOut(world)(ids.flatMap((id) => [record(id), record(id, 'other')]));

    world.gateway.assertReceived('a=', ...ids.map((id) => frame(id)));
    world.gateway.assertReceived('b=', ...ids.map((id) => frame(id, 'other')));
    expect(world.clock.now() - NOW).toBeLessThanOrEqual(MOMENT_IN_MILLISECONDS);
    world.retries.assertWaiting('stuck=', ...ids);
  });

  it('among many that cannot be reached uses up no more than the patience of the invocation', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => `${index}=`);
    const world = await worldWith(ids);
    for (const id of ids) world.gateway.always(id, 'throttled');

    await fanOut(world)([record('1'), record('2')]);

    expect(world.retries.deliveries).toHaveLength(1000);
    expect(world.clock.now() - NOW).toBeLessThanOrEqual(20_000);
  });
});

describe('channels that are busy side by side', () => {
  it('take turns at the gateway: nobody is given up for having waited for one', async () => {
    const world = newWorld({ latencyInMilliseconds: 20, places: 8 });
    const channels = Array.from({ length: 10 }, (_, index) => `channel-${index}`);
    const ids = (channel: string) => Array.from({ length: 100 }, (_, index) => `${channel}-${index}=`);
    for (const channel of channels) {
      for (const id of ids(channel)) {
        await subscribed(world, id, channel);
        world.gateway.next(id, 'throttled');
      }
    }

    expect(await fanOut(world)(channels.map((channel) => record('1', channel)))).toEqual([]);

    world.retries.assertEmpty();
    for (const channel of channels) {
      for (const id of ids(channel)) world.gateway.assertReceived(id, frame('1', channel));
    }
    expect(world.gateway.busiest).toBe(8);
    // Two posts each: far longer than the moment that one connection is tried.
    expect(world.clock.now() - NOW).toBeGreaterThan(10 * MOMENT_IN_MILLISECONDS);
  });
});

describe('a notification that comes late', () => {
  const MINUTE = 60;

  it('reaches those who were subscribed when it was stored, and nobody who came after', async () => {
    const world = await worldWith(['early=']);
    world.clock.advance(10 * MINUTE * 1000);
    await subscribed(world, 'late=', CHANNEL);
    world.clock.advance(10 * MINUTE * 1000);

    const stored = NOW_IN_SECONDS + 5 * MINUTE;
    expect(await fanOut(world)([storedAt(stored, '1'), storedAt(stored + 6 * MINUTE, '2')])).toEqual([]);

    world.gateway.assertReceived('early=', frame('1'), frame('2'));
    world.gateway.assertReceived('late=', frame('2'));
    world.logger.assertLogged('entry-broadcast', {
      notificationId: '1',
      delivered: 1,
      'came-later': 1,
    });
  });

  it('is not queued up for whoever came after either, lagging or not', async () => {
    const world = await worldWith([]);
    world.clock.advance(10 * MINUTE * 1000);
    await subscribed(world, 'late=', CHANNEL);
    await world.subscriptions.markLagging(place('late='), sequence('9'));

    await fanOut(world)([storedAt(NOW_IN_SECONDS, '1')]);

    world.retries.assertEmpty();
    world.gateway.assertReceivedNothing('late=');
  });

  it('reaches whoever subscribed at about the time it was stored, for clocks differ', async () => {
    const world = await worldWith(['a=']);

    await fanOut(world)([storedAt(NOW_IN_SECONDS - 5, '1')]);

    world.gateway.assertReceived('a=', frame('1'));
  });

  it('reaches everybody when the stream does not say since when it is stored', async () => {
    const world = await worldWith([]);
    world.clock.advance(10 * MINUTE * 1000);
    await subscribed(world, 'late=', CHANNEL);

    await fanOut(world)([record('1')]);

    world.gateway.assertReceived('late=', frame('1'));
  });
});
