import { describe, expect, it } from 'vitest';
import { RETRY_BUDGET_IN_MILLISECONDS } from '../../../lambdas/use-cases/persistent-post.ts';
import { MAX_RECEIVES, type QueuedDelivery, redeliver } from '../../../lambdas/use-cases/redeliver.ts';
import { place, sequence } from './notification-records.ts';
import { NOW, newWorld, subscribed, type World } from './world.ts';

const CHANNEL = 'news';
const TIMEOUT_IN_MILLISECONDS = 15_000;

/** With the whole time of the function before it. */
const delivering = (world: World) => (messages: readonly QueuedDelivery[]) =>
  redeliver(world)(messages, world.clock.now() + TIMEOUT_IN_MILLISECONDS);

const queued = (connectionId: string, notificationId: string, receiveCount = 1): QueuedDelivery => ({
  messageId: `message-${connectionId}-${notificationId}`,
  group: `group-${connectionId}`,
  receiveCount,
  delivery: {
    connectionId,
    channel: CHANNEL,
    shard: 0,
    notificationId,
    sequenceNumber: sequence(notificationId),
    frames: [`frame-${notificationId}`],
  },
});
const messageId = (connectionId: string, notificationId: string) =>
  `message-${connectionId}-${notificationId}`;

async function lagging(...connectionIds: string[]): Promise<World> {
  const world = newWorld();
  for (const connectionId of connectionIds) {
    await subscribed(world, connectionId, CHANNEL);
    for (const id of ['1', '2', '3'])
      await world.subscriptions.markLagging(place(connectionId, CHANNEL), sequence(id));
  }
  return world;
}

describe('a delivery from the retry queue', () => {
  it('is posted, in order, and its mark taken back', async () => {
    const world = await lagging('a=');

    expect(await delivering(world)([queued('a=', '1'), queued('a=', '2')])).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-1', 'frame-2');
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('3'));
    await delivering(world)([queued('a=', '3')]);
    world.subscriptions.assertLagging('a=', CHANNEL);
  });

  it('to a connection that is gone is done with, and the connection removed', async () => {
    const world = await lagging('a=', 'b=');
    world.gateway.always('a=', 'gone');

    expect(await delivering(world)([queued('a=', '1'), queued('b=', '1')])).toEqual([]);

    world.connections.assertRemoved('a=');
    world.gateway.assertReceived('b=', 'frame-1');
  });

  it('that fails for a moment is tried again at once', async () => {
    const world = await lagging('a=');
    world.gateway.next('a=', 'throttled', 'unavailable');

    expect(await delivering(world)([queued('a=', '1')])).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-1');
  });

  it.each(['throttled', 'unavailable', new Error('403 Forbidden')] as const)(
    'that fails (%s) comes again with the later ones of its group, and no other',
    async (answer) => {
      const world = await lagging('a=', 'b=');
      world.gateway.next('a=', 'delivered');
      world.gateway.always('a=', answer);

      const failed = await delivering(world)([
        queued('a=', '1'),
        queued('b=', '1'),
        queued('a=', '2'),
        queued('b=', '2'),
        queued('a=', '3'),
      ]);

      expect(failed).toEqual([messageId('a=', '2'), messageId('a=', '3')]);
      world.gateway.assertReceived('a=', 'frame-1');
      world.gateway.assertReceived('b=', 'frame-1', 'frame-2');
      world.subscriptions.assertLagging('a=', CHANNEL, sequence('3'));
      world.gateway.assertOpen('a=');
    },
  );

  it('is tried again for as long as the function has time for all of them together', async () => {
    const world = await lagging('a=');
    const slow = Array.from({ length: 6 }, () => 'throttled' as const);
    world.gateway.next('a=', ...slow, 'delivered', ...slow, 'delivered', ...slow, 'delivered');

    await delivering(world)([queued('a=', '1'), queued('a=', '2'), queued('a=', '3')]);

    expect(world.clock.now() - NOW).toBeLessThanOrEqual(RETRY_BUDGET_IN_MILLISECONDS);
  });

  it('that API Gateway will never take is given up, and does not hold up the next', async () => {
    const world = await lagging('a=');
    world.gateway.next('a=', 'too-large');

    expect(await delivering(world)([queued('a=', '1'), queued('a=', '2')])).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-2');
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('3'));
  });

  it('that was made is not made again because its mark could not be taken back', async () => {
    const world = await lagging('a=');
    world.subscriptions.clearLagging = () => Promise.reject(new Error('throttled'));

    expect(await delivering(world)([queued('a=', '1')])).toEqual([]);

    world.logger.assertLogged('mark-left-behind', { connectionId: 'a=', notificationId: '1' });
  });

  it('that is owed no more, because its connection has left the channel, is not made', async () => {
    const world = await lagging('a=', 'b=');
    await world.subscriptions.unsubscribe('a=', CHANNEL, NOW + 1);
    await subscribed(world, 'a=', CHANNEL);

    expect(await delivering(world)([queued('a=', '1'), queued('b=', '1')])).toEqual([]);

    world.gateway.assertReceivedNothing('a=');
    world.gateway.assertReceived('b=', 'frame-1');
    world.connections.assertKept('a=');
    world.logger.assertLogged('delivery-not-owed', { connectionId: 'a=', notificationId: '1' });
  });

  it('that was made is not made again when its message comes again', async () => {
    const world = await lagging('a=');

    await delivering(world)([queued('a=', '1'), queued('a=', '2'), queued('a=', '3')]);
    expect(await delivering(world)([queued('a=', '2', 2), queued('a=', '3', 2)])).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-1', 'frame-2', 'frame-3');
  });

  it('is made when nobody can say whether it is owed', async () => {
    const world = await lagging('a=');
    world.subscriptions.isOwed = () => Promise.reject(new Error('throttled'));

    expect(await delivering(world)([queued('a=', '1')])).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-1');
    world.logger.assertLogged('debt-unknown', { connectionId: 'a=' });
  });

  it('comes again when the connection that is gone could not be removed', async () => {
    const world = await lagging('a=');
    world.gateway.always('a=', 'gone');
    world.connections.remove = () => Promise.reject(new Error('throttled'));

    expect(await delivering(world)([queued('a=', '1')])).toEqual([messageId('a=', '1')]);
  });
});

describe('a delivery of several frames', () => {
  const success = (...frames: string[]): QueuedDelivery => {
    const message = queued('a=', '1');
    return { ...message, delivery: { ...message.delivery, frames } };
  };

  it('is made in their order, and its mark taken back after the last one', async () => {
    const world = await lagging('a=');
    await world.subscriptions.clearLagging(place('a=', CHANNEL), sequence('3'));
    await world.subscriptions.markLagging(place('a=', CHANNEL), sequence('1'));
    const marks: unknown[] = [];
    const post = world.gateway.post.bind(world.gateway);
    world.gateway.post = async (connectionId, frame) => {
      marks.push(await world.subscriptions.isOwed(place(connectionId, CHANNEL), sequence('1')));
      return await post(connectionId, frame);
    };

    expect(await delivering(world)([success('first', 'second')])).toEqual([]);

    world.gateway.assertReceived('a=', 'first', 'second');
    expect(marks).toEqual([true, true]);
    world.subscriptions.assertLagging('a=', CHANNEL);
  });

  it('comes again from the first one when a later one fails: none of them overtakes another', async () => {
    const world = await lagging('a=');
    world.gateway.next('a=', 'delivered', ...Array.from({ length: 50 }, () => 'throttled' as const));

    expect(await delivering(world)([success('first', 'second', 'third')])).toEqual([messageId('a=', '1')]);

    world.gateway.assertReceived('a=', 'first');
    world.subscriptions.assertLagging('a=', CHANNEL, sequence('3'));
  });

  it('goes on behind one that API Gateway will never take', async () => {
    const world = await lagging('a=');
    world.gateway.next('a=', 'delivered', 'too-large');

    expect(await delivering(world)([success('first', 'second', 'third')])).toEqual([]);

    world.gateway.assertReceived('a=', 'first', 'third');
    world.logger.assertLogged('delivery-too-large', { connectionId: 'a=', notificationId: '1' });
  });

  it('ends with a connection that is gone', async () => {
    const world = await lagging('a=');
    world.gateway.next('a=', 'delivered', 'gone');

    expect(await delivering(world)([success('first', 'second', 'third')])).toEqual([]);

    world.connections.assertRemoved('a=');
    expect(world.gateway.attempts('a=')).toBe(2);
  });

  it('is not begun without the time for all of them', async () => {
    const world = await lagging('a=');
    const message = success('first', 'second', 'third');

    expect(await redeliver(world)([message], world.clock.now() + 12_999)).toEqual([messageId('a=', '1')]);
    world.gateway.assertReceivedNothing('a=');
    expect(await redeliver(world)([message], world.clock.now() + 13_000)).toEqual([]);
  });
});

describe('a delivery that has failed often enough', () => {
  it('is given up: its connection is closed, so that its client comes back, and it is laid aside', async () => {
    const world = await lagging('a=');
    world.gateway.always('a=', 'unavailable');
    const message = queued('a=', '1', MAX_RECEIVES);

    expect(await delivering(world)([message])).toEqual([]);

    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    expect(world.givenUp.deliveries).toEqual([message.delivery]);
    world.logger.assertLogged('delivery-given-up', { connectionId: 'a=', notificationId: '1' });
  });

  it('is posted once more first, and given up only when that fails', async () => {
    const world = await lagging('a=');
    world.gateway.next('a=', 'throttled');

    expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES + 3)])).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-1');
    world.gateway.assertOpen('a=');
    world.connections.assertKept('a=');
    world.givenUp.assertEmpty();
  });

  it('is not given up one receive earlier', async () => {
    const world = await lagging('a=');
    world.gateway.always('a=', 'unavailable');

    expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES - 1)])).toEqual([messageId('a=', '1')]);

    world.gateway.assertOpen('a=');
    world.connections.assertKept('a=');
    world.givenUp.assertEmpty();
  });

  it('lets the later ones of its connection go with it, and holds up nobody else', async () => {
    const world = await lagging('a=', 'b=');
    world.gateway.always('a=', 'unavailable');

    const failed = await delivering(world)([
      queued('a=', '1', MAX_RECEIVES),
      queued('a=', '2', MAX_RECEIVES),
      queued('b=', '1'),
    ]);

    expect(failed).toEqual([]);
    world.givenUp.assertWaiting('a=', '1');
    world.gateway.assertReceived('b=', 'frame-1');
  });
});

describe('a delivery that cannot even be given up', () => {
  it('because the connection cannot be closed comes again with its row kept, and is closed then', async () => {
    const world = await lagging('a=', 'b=');
    world.gateway.always('a=', 'throttled');
    const close = world.gateway.close.bind(world.gateway);
    world.gateway.close = () => Promise.reject(new Error('429'));

    expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES), queued('b=', '1')])).toEqual([
      messageId('a=', '1'),
    ]);

    world.connections.assertKept('a=');
    world.givenUp.assertEmpty();
    world.gateway.assertReceived('b=', 'frame-1');
    world.logger.assertLogged('giving-up-failed', { connectionId: 'a=', notificationId: '1' });

    world.gateway.close = close;
    expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES + 1)])).toEqual([]);
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    world.givenUp.assertWaiting('a=', '1');
  });

  it('is delivered after all, and what lined up behind it, when the gateway comes back before it is closed', async () => {
    const world = await lagging('a=');
    world.gateway.always('a=', 'throttled');
    world.gateway.close = () => Promise.reject(new Error('429'));
    await delivering(world)([queued('a=', '1', MAX_RECEIVES), queued('a=', '2', MAX_RECEIVES)]);
    world.gateway.always('a=', 'delivered');

    const again = [queued('a=', '1', MAX_RECEIVES + 1), queued('a=', '2', MAX_RECEIVES + 1)];
    expect(await delivering(world)(again)).toEqual([]);

    world.gateway.assertReceived('a=', 'frame-1', 'frame-2');
    world.connections.assertKept('a=');
    world.givenUp.assertEmpty();
  });

  it('because the row cannot be removed comes again', async () => {
    const world = await lagging('a=');
    world.gateway.always('a=', 'throttled');
    const remove = world.connections.remove.bind(world.connections);
    world.connections.remove = () => Promise.reject(new Error('throttled'));

    expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES)])).toEqual([messageId('a=', '1')]);
    world.connections.remove = remove;
    expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES + 1)])).toEqual([]);

    world.connections.assertRemoved('a=');
    world.givenUp.assertWaiting('a=', '1');
  });

  it.each([
    ['is gone', false],
    ['is gone and forgotten', true],
  ])(
    'because it cannot be laid aside comes again, though its connection %s by then',
    async (_, isCleanedUp) => {
      const world = await lagging('a=');
      world.gateway.always('a=', 'throttled');
      world.givenUp.failNext();

      expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES)])).toEqual([messageId('a=', '1')]);
      world.logger.assertLogged('laying-aside-failed', { connectionId: 'a=', notificationId: '1' });
      if (isCleanedUp) await world.subscriptions.removeAll('a=', [CHANNEL]);
      expect(await delivering(world)([queued('a=', '1', MAX_RECEIVES + 1)])).toEqual([]);

      world.givenUp.assertWaiting('a=', '1');
    },
  );
});

describe('the time of the function', () => {
  it('is left to what is under way: what cannot be ended in it is not begun, and comes again', async () => {
    const world = newWorld({ latencyInMilliseconds: 3_000 });
    for (const id of ['a=', 'b=']) {
      await subscribed(world, id, CHANNEL);
      await world.subscriptions.markLagging(place(id, CHANNEL), sequence('9'));
    }

    const failed = await delivering(world)([
      ...['1', '2', '3', '4', '5'].map((id) => queued('a=', id)),
      queued('b=', '1'),
    ]);

    expect(failed).toEqual(['4', '5'].map((id) => messageId('a=', id)));
    world.gateway.assertReceived('a=', 'frame-1', 'frame-2', 'frame-3');
    world.gateway.assertReceived('b=', 'frame-1');
    expect(world.gateway.attempts('a=')).toBe(3);
    expect(world.clock.now() - NOW).toBe(9_000);
    world.logger.assertLogged('deliveries-postponed', { messages: 2 });
  });
});
