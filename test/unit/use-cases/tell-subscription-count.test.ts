import { describe, expect, it } from 'vitest';
import { settleOccupancy } from '../../../lambdas/use-cases/settle-occupancy.ts';
import { tellSubscriptionCount } from '../../../lambdas/use-cases/tell-subscription-count.ts';
import { newWorld, subscribed, type World } from './world.ts';

const CHANNEL = 'news';
const counted = (count: number, channel = CHANNEL) => ({
  kind: 'subscription-count' as const,
  channel,
  count,
});

function telling(world: World, subscriptionCountIntervalInSeconds = 5) {
  return tellSubscriptionCount({
    ...world,
    settings: { ...world.settings, subscriptionCountIntervalInSeconds },
  });
}

async function occupied(channel: string, ...connectionIds: string[]): Promise<World> {
  const world = newWorld();
  for (const connectionId of connectionIds) await subscribed(world, connectionId, channel);
  await settleOccupancy(world).settle(channel);
  world.webhooks.events.length = 0;
  return world;
}

describe('the number of subscriptions', () => {
  it('is told at once, to the channel and to the API', async () => {
    const world = await occupied(CHANNEL, 'a=', 'b=');

    await telling(world).countChanged(CHANNEL);

    world.log.assertEntered(counted(2));
    world.webhooks.assertPublished({ name: 'subscription_count', channel: CHANNEL, subscription_count: 2 });
  });

  it('is told once an interval, in the end as it is then', async () => {
    const world = await occupied(CHANNEL, 'a=');
    const { countChanged, tellCount } = telling(world);
    await countChanged(CHANNEL);
    world.clock.advance(2_000);
    for (const connectionId of ['b=', 'c=', 'd=']) {
      await subscribed(world, connectionId, CHANNEL);
      await countChanged(CHANNEL);
    }

    world.log.assertEntered(counted(1));
    world.grace.assertScheduled({ wake: { kind: 'count', channel: CHANNEL }, inSeconds: 3 });
    await tellCount(CHANNEL);

    world.log.assertEntered(counted(1), counted(4));
  });

  it('is told too early rather than not at all, when nobody can be woken for it', async () => {
    const world = await occupied(CHANNEL, 'a=');
    const { countChanged } = telling(world);
    await countChanged(CHANNEL);
    await subscribed(world, 'b=', CHANNEL);
    world.grace.failNext();

    await countChanged(CHANNEL);

    world.log.assertEntered(counted(1), counted(2));
  });

  it('of a channel that everybody has left is told to the API alone', async () => {
    const world = await occupied(CHANNEL, 'a=');
    await world.subscriptions.removeAll('a=', [CHANNEL]);

    await telling(world).countChanged(CHANNEL);

    world.log.assertNothingEntered();
    world.webhooks.assertPublished({ name: 'subscription_count', channel: CHANNEL, subscription_count: 0 });
  });

  it.each(['presence-room', 'presence-cache-room', '#server-to-user-7'])(
    'is not told on %s',
    async (channel) => {
      const world = await occupied(channel, 'a=');
      world.log.entries.length = 0;

      await telling(world).countChanged(channel);

      world.log.assertNothingEntered();
      world.webhooks.assertNothingPublished();
    },
  );

  it.each(['private-x', 'cache-x', 'private-cache-x', 'private-encrypted-x'])(
    'is told on %s',
    async (channel) => {
      const world = await occupied(channel, 'a=');

      await telling(world).countChanged(channel);

      world.log.assertEntered(counted(1, channel));
    },
  );

  it('is told nowhere when it is switched off', async () => {
    const world = await occupied(CHANNEL, 'a=');

    await telling(world, 0).countChanged(CHANNEL);

    world.log.assertNothingEntered();
    world.webhooks.assertNothingPublished();
    expect(world.table.occupiedRows.get(CHANNEL)).not.toHaveProperty('countedAt');
  });
});
