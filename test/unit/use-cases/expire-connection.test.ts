import { describe, expect, it } from 'vitest';
import { protocolError } from '../../../lambdas/protocol/server-event.ts';
import { expireConnection } from '../../../lambdas/use-cases/expire-connection.ts';
import { connected, NOW_IN_SECONDS, newWorld } from './world.ts';

describe('the expiry of a token', () => {
  it.each([NOW_IN_SECONDS, NOW_IN_SECONDS - 1])('ends its connection when its time has come', async (at) => {
    const world = newWorld();
    await connected(world, 'a=');

    await expireConnection(world)({ connectionId: 'a=', at });

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    world.expiry.assertNothingScheduled();
  });

  it('that wakes early is scheduled again', async () => {
    const world = newWorld();
    await connected(world, 'a=');

    await expireConnection(world)({ connectionId: 'a=', at: NOW_IN_SECONDS + 1 });

    world.gateway.assertOpen('a=');
    world.gateway.assertReceivedNothing('a=');
    world.connections.assertKept('a=');
    world.expiry.assertScheduled('a=', NOW_IN_SECONDS + 1);
  });

  it('that wakes early for a connection that has left lets it rest', async () => {
    const world = newWorld();

    await expireConnection(world)({ connectionId: 'a=', at: NOW_IN_SECONDS + 1 });

    world.expiry.assertNothingScheduled();
  });

  it.each(['gone', 'throttled'] as const)(
    'closes the connection whatever becomes of the last frame: %s',
    async (outcome) => {
      const world = newWorld();
      await connected(world, 'a=');
      world.gateway.always('a=', outcome);

      await expireConnection(world)({ connectionId: 'a=', at: NOW_IN_SECONDS });

      world.gateway.assertClosed('a=');
      world.connections.assertRemoved('a=');
    },
  );

  it('closes the connection before it passes on that the last frame failed', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    world.gateway.always('a=', new Error('broken'));

    await expect(expireConnection(world)({ connectionId: 'a=', at: NOW_IN_SECONDS })).rejects.toThrow(
      'broken',
    );

    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
  });

  it('passes on that it could not close, so that the queue brings it again', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    world.gateway.close = () => Promise.reject(new Error('unavailable'));

    await expect(expireConnection(world)({ connectionId: 'a=', at: NOW_IN_SECONDS })).rejects.toThrow(
      'unavailable',
    );

    world.connections.assertKept('a=');
  });
});
