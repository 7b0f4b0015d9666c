import { describe, expect, it } from 'vitest';
import { closeConnection } from '../../../lambdas/use-cases/close-connection.ts';
import { forgetConnection } from '../../../lambdas/use-cases/forget-connection.ts';
import { connected, NOW_IN_SECONDS, newWorld, subscribed } from './world.ts';

describe('$disconnect', () => {
  it('removes the row of the connection and leaves the rest to whoever sees that', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', 'news');
    await connected(world, 'b=');

    await closeConnection(world)('a=');

    world.connections.assertRemoved('a=');
    world.connections.assertKept('b=');
    world.subscriptions.assertSubscribers('news', 'a=');
  });

  it('of a connection that is gone already is no error', async () => {
    await closeConnection(newWorld())('nobody=');
  });
});

describe('the clean-up after a connection', () => {
  it('deletes what it was subscribed to, and nothing of others', async () => {
    const world = newWorld();
    await subscribed(world, 'a=', 'news');
    await subscribed(world, 'a=', 'private-commerce.12');
    await subscribed(world, 'b=', 'news');
    const removed = await world.table.lastImageOf('a=');
    await world.connections.remove('a=');

    await forgetConnection(world)(removed);

    world.subscriptions.assertSubscribers('news', 'b=');
    world.subscriptions.assertSubscribers('private-commerce.12');
  });

  it('takes back whose it was and whom it watched', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    const claim = { userId: 'ana', expiresAt: NOW_IN_SECONDS + 60 };
    await world.users.claim({ ...claim, connectionId: 'a=', watchlist: ['ben'] });
    await connected(world, 'b=');
    await world.users.claim({ ...claim, connectionId: 'b=', watchlist: ['ben'] });
    const removed = await world.table.lastImageOf('a=');
    await world.connections.remove('a=');

    await forgetConnection(world)(removed);

    world.users.assertConnections('ana', 'b=');
    world.subscriptions.assertSubscribers('#watchlist-ben', 'b=');
  });

  it('takes it out of the count once, however often the stream tells of it', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    await connected(world, 'b=');
    const removed = await world.table.lastImageOf('a=');

    await forgetConnection(world)(removed);
    await forgetConnection(world)(removed);

    expect(await world.connections.countOpen()).toBe(1);
  });
});
