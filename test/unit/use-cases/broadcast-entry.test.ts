import { describe, expect, it } from 'vitest';
import type { ChannelEntry } from '../../../lambdas/protocol/channel-entry.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { fanOut } from '../../../lambdas/use-cases/fan-out.ts';
import { joins, member, ROOM, recordOf, removed } from './entry-records.ts';
import { CHANNEL, frame, record, sequence, storedAt, worldWith } from './notification-records.ts';
import { NOW_IN_SECONDS, newWorld, subscribed } from './world.ts';

const clientEvent: ChannelEntry = {
  kind: 'client-event',
  channel: CHANNEL,
  id: '1',
  event: 'client-typing',
  data: '{"at":1}',
  socketId: socketIdOf('a='),
};
const said = '{"event":"client-typing","channel":"private-commerce.12","data":{"at":1}}';
const left: ChannelEntry = { kind: 'left', channel: ROOM, id: '1', member: member('7') };

describe('a client event', () => {
  it('reaches all but its sender, and then the API', async () => {
    const world = await worldWith(['a=', 'b=', 'c=']);

    expect(await fanOut(world)([recordOf(clientEvent, 1)])).toEqual([]);

    world.gateway.assertReceivedNothing('a=');
    for (const id of ['b=', 'c=']) world.gateway.assertReceived(id, said);
    world.webhooks.assertPublished({
      name: 'client_event',
      channel: CHANNEL,
      event: 'client-typing',
      data: '{"at":1}',
      socket_id: socketIdOf('a='),
    });
    world.logger.assertLogged('entry-broadcast', { kind: 'client-event', delivered: 2 });
    world.logger.assertNeverLogged('client-typing');
  });

  it('says on a presence channel who said it, to the API too', async () => {
    const world = newWorld();
    await subscribed(world, 'b=', ROOM);

    await fanOut(world)([recordOf({ ...clientEvent, channel: ROOM, userId: '7' }, 1)]);

    expect(world.gateway.receivedBy('b=')).toEqual([expect.stringContaining('"user_id":"7"')]);
    expect(world.webhooks.events).toEqual([expect.objectContaining({ user_id: '7' })]);
  });

  it('is not kept for latecomers', async () => {
    const world = newWorld();

    await fanOut(world)([recordOf({ ...clientEvent, channel: 'private-cache-x' }, 1)]);

    world.cache.assertNothingKept('private-cache-x');
  });

  it('takes its turn among notifications, and lines up behind what waits', async () => {
    const world = await worldWith(['b=']);
    world.gateway.always('b=', 'throttled');

    await fanOut(world)([record('0'), recordOf(clientEvent, 1), record('2')]);

    world.retries.assertWaiting('b=', '0', '1', '2');
    expect(world.retries.deliveries[1]?.frames).toEqual([said]);
  });

  it.each([false, true])(
    'whose webhook cannot be queued comes again, and is not said twice (in pages: %s)',
    async (paged) => {
      const world = await worldWith(['b=', 'c=']);
      if (paged) world.subscriptions.pageSize = 1;
      world.webhooks.failNext();
      const broadcast = fanOut(world);
      const batch = [recordOf(clientEvent, 1), record('2')];

      expect(await broadcast(batch)).toEqual([sequence('1')]);
      expect(await broadcast(batch)).toEqual([]);

      for (const id of ['b=', 'c=']) world.gateway.assertReceived(id, said, frame('2'));
      world.webhooks.assertPublishedOf(CHANNEL, 'client_event');
    },
  );

  it('that API Gateway finds too large is buried, and the API not told of it', async () => {
    const world = await worldWith(['b=']);
    world.gateway.next('b=', 'too-large');

    await fanOut(world)([recordOf(clientEvent, 1)]);

    world.deadLetters.assertBuried(sequence('1'), /413/);
    world.webhooks.assertNothingPublished();
  });
});

describe('a member who has left', () => {
  it('is told to everybody who is there, and to the API', async () => {
    const world = newWorld();
    await subscribed(world, 'b=', ROOM);
    await joins(world, 'c=', ROOM, '8');

    await fanOut(world)([recordOf(left, 1)]);

    world.gateway.assertReceived('b=', removed('7'));
    // It joins after that, and is told who is there then.
    world.gateway.assertReceivedNothing('c=');
    world.webhooks.assertPublished({ name: 'member_removed', channel: ROOM, user_id: '7' });
  });

  it('is not told to whoever came long after, when it is told again', async () => {
    const world = newWorld();
    await subscribed(world, 'early=', ROOM);
    world.clock.advance(600_000);
    await subscribed(world, 'late=', ROOM);

    await fanOut(world)([{ ...recordOf(left, 1), storedAt: NOW_IN_SECONDS }]);

    world.gateway.assertReceived('early=', removed('7'));
    world.gateway.assertReceivedNothing('late=');
  });

  it('when nobody can be connected any more who knew it, is told to nobody', async () => {
    const world = newWorld();
    await subscribed(world, 'b=', ROOM);

    await fanOut(world)([{ ...recordOf(left, 1), storedAt: NOW_IN_SECONDS - 3 * 3600 }]);

    world.gateway.assertReceivedNothing('b=');
    world.webhooks.assertNothingPublished();
    world.logger.assertLogged('entry-outdated', { kind: 'left', channel: ROOM });
  });
});

describe('what everybody on a channel is told', () => {
  it('of how many they are is no webhook: that was published when it was counted', async () => {
    const world = await worldWith(['a=', 'b=']);

    await fanOut(world)([recordOf({ kind: 'subscription-count', channel: CHANNEL, id: '1', count: 2 }, 1)]);

    const told =
      '{"event":"pusher_internal:subscription_count","data":"{\\"subscription_count\\":2}","channel":"private-commerce.12"}';
    for (const id of ['a=', 'b=']) world.gateway.assertReceived(id, told);
    world.webhooks.assertNothingPublished();
  });

  it('of a user whom they watch has no channel', async () => {
    const channel = '#watchlist-7';
    const world = newWorld();
    await subscribed(world, 'a=', '#server-to-user-8');
    world.table.watch('a=', channel, NOW_IN_SECONDS + 60);

    await fanOut(world)([
      recordOf({ kind: 'watched-user', channel, id: '1', name: 'offline', userId: '7' }, 1),
    ]);

    world.gateway.assertReceived(
      'a=',
      '{"event":"pusher_internal:watchlist_events","data":"{\\"events\\":[{\\"name\\":\\"offline\\",\\"user_ids\\":[\\"7\\"]}]}"}',
    );
    world.webhooks.assertNothingPublished();
  });
});

describe('the last event of a cache channel', () => {
  const CACHE = 'private-cache-news';

  it('is kept for its time, from when it was stored', async () => {
    const world = newWorld();

    await fanOut(world)([storedAt(NOW_IN_SECONDS - 60, '1', CACHE), record('2', 'cache-other')]);

    world.cache.assertKept(CACHE, {
      frame: frame('1', CACHE),
      sequenceNumber: sequence('1', CACHE),
      expiresAt: NOW_IN_SECONDS - 60 + 3_600,
    });
    world.cache.assertKept('cache-other', { expiresAt: NOW_IN_SECONDS + 3_600 });
  });

  it('is kept before anybody is looked for, and when it is older than any connection', async () => {
    const world = newWorld();
    const kept: unknown[] = [];
    const look = world.subscriptions.audienceOf.bind(world.subscriptions);
    world.subscriptions.audienceOf = async (channel, most) => {
      kept.push(await world.cache.frameOf(channel));
      return await look(channel, most);
    };

    await fanOut(world)([storedAt(NOW_IN_SECONDS - 3 * 3600, '1', 'cache-old'), record('1', CACHE)]);

    expect(kept).toEqual([frame('1', CACHE)]);
    world.cache.assertKept('cache-old', { frame: frame('1', 'cache-old') });
  });

  it('that cannot be kept comes again before it is sent', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', CACHE);
    world.cache.failures.push(new Error('throttled'));
    const broadcast = fanOut(world);

    expect(await broadcast([record('1', CACHE)])).toEqual([sequence('1', CACHE)]);
    world.gateway.assertReceivedNothing('a=');
    expect(await broadcast([record('1', CACHE)])).toEqual([]);

    world.gateway.assertReceived('a=', frame('1', CACHE));
  });

  it('is kept on no other channel', async () => {
    const world = await worldWith([]);

    await fanOut(world)([record('1')]);

    world.cache.assertNothingKept(CHANNEL);
  });
});

describe('an entry of ours that cannot be read', () => {
  it('is buried like any row, and holds up nobody', async () => {
    const world = await worldWith(['a=']);
    const wrong = record('1', CHANNEL, { internalKind: { S: 'unheard-of' } });

    expect(await fanOut(world)([wrong, record('2')])).toEqual([]);

    world.deadLetters.assertBuried(sequence('1'), /^internalKind must/);
    world.gateway.assertReceived('a=', frame('2'));
  });
});
