import { describe, expect, it } from 'vitest';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { fanOut } from '../../../lambdas/use-cases/fan-out.ts';
import { handOver } from '../../../lambdas/use-cases/hand-over.ts';
import { INLINE_AUDIENCE } from '../../../lambdas/use-cases/tell-subscribers.ts';
import { CHANNEL, frame, record, sequence, storedAt, worldWith } from './notification-records.ts';
import { shardDelivery } from './shard-deliveries.ts';
import { NOW_IN_SECONDS, newWorld, subscribed, type World } from './world.ts';

const listeners = (count: number) => Array.from({ length: count }, (_, index) => `${index}=`);

/** Two connections on the channel, each in a shard of its own. */
async function spreadWorld(): Promise<World> {
  const world = newWorld();
  world.shards.spread(CHANNEL, 2);
  for (const id of ['1=', '2=']) await subscribed(world, id, CHANNEL);
  return world;
}

/** How often it was looked who listens. */
function countLooks(world: World): { looks: number } {
  const count = { looks: 0 };
  const look = world.subscriptions.audienceOf.bind(world.subscriptions);
  world.subscriptions.audienceOf = async (channel, most) => {
    count.looks += 1;
    return await look(channel, most);
  };
  return count;
}

describe('an entry for many listeners', () => {
  it('is posted to as many as one page has, and handed over for one more', async () => {
    const world = await worldWith(listeners(INLINE_AUDIENCE));
    await fanOut(world)([record('1')]);
    world.deliveries.assertEmpty();
    world.progress.assertQueued(CHANNEL);
    expect(world.gateway.delivered).toHaveLength(INLINE_AUDIENCE);

    await subscribed(world, 'one-more=', CHANNEL);
    await fanOut(world)([record('2')]);

    expect(world.gateway.delivered).toHaveLength(INLINE_AUDIENCE);
    expect(world.deliveries.deliveries).toEqual([
      {
        channel: CHANNEL,
        shard: 0,
        kind: 'notification',
        notificationId: '2',
        sequenceNumber: sequence('2'),
        frames: [frame('2')],
      },
    ]);
    world.progress.assertQueued(CHANNEL, sequence('2'));
    world.logger.assertLogged('entry-handed-over', { channel: CHANNEL, notificationId: '2', shards: 1 });
  });

  it('is handed over anew where a row was deleted and written again under its id', async () => {
    const world = await worldWith(listeners(INLINE_AUDIENCE + 1));
    const again = { ...record('1', CHANNEL, { data: { S: 'again' } }), eventId: 'another' };

    await fanOut(world)([record('1')]);
    await fanOut(world)([{ ...again, sequenceNumber: sequence('2') }]);

    const handedOver = world.deliveries.deliveries.map(({ sequenceNumber }) => sequenceNumber);
    expect(handedOver).toEqual([sequence('1'), sequence('2')]);
  });

  it('is handed over shard by shard where the channel is spread, however few listen', async () => {
    const world = await spreadWorld();
    const excepting = record('1', CHANNEL, { socketId: { S: socketIdOf('1=') } });

    await fanOut(world)([{ ...excepting, storedAt: NOW_IN_SECONDS }]);

    const each = {
      channel: CHANNEL,
      kind: 'notification',
      notificationId: '1',
      sequenceNumber: sequence('1'),
      storedAt: NOW_IN_SECONDS,
      frames: [frame('1')],
      except: { connectionId: '1=' },
    };
    expect(world.deliveries.deliveries).toEqual([
      { ...each, shard: 0 },
      { ...each, shard: 1 },
    ]);
    expect(world.gateway.delivered).toEqual([]);
  });

  it('is looked at once a second, by each environment', async () => {
    const world = await spreadWorld();
    const count = countLooks(world);
    const broadcast = fanOut(world);

    await broadcast([record('1'), record('2')]);
    world.clock.advance(999);
    await broadcast([record('3')]);
    expect(count.looks).toBe(1);
    world.clock.advance(1);
    await broadcast([record('4')]);
    expect(count.looks).toBe(2);
    await fanOut(world)([record('5')]);
    expect(count.looks).toBe(3);

    world.deliveries.assertWaiting(CHANNEL, 1, '1', '2', '3', '4', '5');
    world.progress.assertQueued(CHANNEL, sequence('5'));
  });

  it('of one channel says nothing about another', async () => {
    const world = await spreadWorld();
    await subscribed(world, 'a=', 'other');

    await fanOut(world)([record('1'), record('1', 'other')]);

    world.gateway.assertReceived('a=', frame('1', 'other'));
  });

  it('that API Gateway would not carry is found out here, where its row is at hand, and holds up nothing', async () => {
    const world = await spreadWorld();
    const hand = handOver(world);
    const { shard: _, only: __, ...entry } = shardDelivery('1');
    const largest = 'ñ'.repeat(64 * 1024);

    expect(await hand({ ...entry, frames: ['{}', largest] })).toBe('done');
    expect(await hand({ ...entry, notificationId: '2', frames: ['{}', `${largest}x`] })).toBe('too-large');

    world.deliveries.assertWaiting(CHANNEL, 0, '1');
    world.progress.assertQueued(CHANNEL, sequence('1'));
  });
});

describe('an entry for few listeners', () => {
  it('lines up behind one that still waits in the delivery queue', async () => {
    const world = await worldWith(['a=', 'b=']);
    await world.progress.noteQueued(CHANNEL, sequence('1'));

    await fanOut(world)([record('2')]);

    world.gateway.assertReceivedNothing('a=');
    world.deliveries.assertWaiting(CHANNEL, 0, '2');
    world.progress.assertQueued(CHANNEL, sequence('2'));
  });

  it('is posted as soon as all before it are done, and not when the first of them is', async () => {
    const world = await worldWith(['a=']);
    const broadcast = fanOut(world);
    for (const id of ['1', '2']) await world.progress.noteQueued(CHANNEL, sequence(id));
    await world.progress.noteDone(CHANNEL, 0, sequence('1'));
    await broadcast([record('3')]);
    world.gateway.assertReceivedNothing('a=');

    await world.progress.noteDone(CHANNEL, 0, sequence('3'));
    await broadcast([record('4')]);

    world.gateway.assertReceived('a=', frame('4'));
  });
});

describe('handing over', () => {
  it('is noted before it is queued: what comes next would overtake it', async () => {
    const world = await spreadWorld();
    const queued: boolean[] = [];
    const enqueue = world.deliveries.enqueue.bind(world.deliveries);
    world.deliveries.enqueue = async (deliveries) => {
      queued.push((await world.subscriptions.audienceOf(CHANNEL, 1)).isQueued);
      await enqueue(deliveries);
    };

    await fanOut(world)([record('1')]);

    expect(queued).toEqual([true]);
  });

  it('that is not queued comes again, with what comes after it on the channel, and is handed over then', async () => {
    const world = await spreadWorld();
    world.deliveries.failNext();
    const broadcast = fanOut(world);

    expect(await broadcast([record('1'), record('2')])).toEqual([sequence('1')]);
    world.deliveries.assertEmpty();
    // Few listen by now, and still it is queued, for so it was noted.
    world.table.shardsRows.delete(CHANNEL);
    expect(await fanOut(world)([record('1'), record('2')])).toEqual([]);

    world.deliveries.assertWaiting(CHANNEL, 0, '1', '2');
    expect(world.gateway.delivered).toEqual([]);
  });

  it('that is not noted is not queued', async () => {
    const world = await spreadWorld();
    world.progress.noteQueued = () => Promise.reject(new Error('throttled'));

    expect(await fanOut(world)([record('1')])).toEqual([sequence('1')]);

    world.deliveries.assertEmpty();
  });

  it('twice, as streams do, is queueing once', async () => {
    const world = await spreadWorld();

    await fanOut(world)([record('1')]);
    await fanOut(world)([record('1')]);

    for (const shard of [0, 1]) world.deliveries.assertWaiting(CHANNEL, shard, '1');
  });

  it('is left out for what is older than any connection', async () => {
    const world = await spreadWorld();

    await fanOut(world)([storedAt(NOW_IN_SECONDS - 3 * 3600, '1')]);

    world.deliveries.assertEmpty();
    world.progress.assertQueued(CHANNEL);
  });
});
