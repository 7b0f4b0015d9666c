import { describe, expect, it } from 'vitest';
import { FakeGateway } from '../../fakes/fake-gateway.ts';
import { ask, newRestWorld, type RestWorld } from './rest-world.ts';
import { NOW, NOW_IN_SECONDS } from './world.ts';

const expiresAt = NOW_IN_SECONDS + 7200;

async function connectedAs(world: RestWorld, userId: string, connectionId: string, fingerprint?: string) {
  await world.connections.open({
    connectionId,
    connectedAt: NOW,
    expiresAt,
    ...(fingerprint !== undefined && { fingerprint }),
  });
  await world.users.claim({ connectionId, userId, expiresAt });
}

const terminate = (world: RestWorld, userId: string) =>
  ask(world, 'POST', `/users/${userId}/terminate_connections`, { body: '{}' });

/** Cannot close some connections. */
class StubbornGateway extends FakeGateway {
  readonly unclosable = new Set<string>();
  closing = 0;
  busiestClosing = 0;

  override async close(connectionId: string): Promise<void> {
    this.busiestClosing = Math.max(this.busiestClosing, ++this.closing);
    await new Promise((resolve) => setImmediate(resolve));
    this.closing -= 1;
    if (this.unclosable.has(connectionId)) throw new Error('throttled');
    await super.close(connectionId);
  }
}

describe('terminating a user', () => {
  it('ends every connection of the user and nobody else’s', async () => {
    const world = newRestWorld();
    world.users.pageSize = 2;
    for (const connectionId of ['a', 'b', 'c']) await connectedAs(world, '456', connectionId);
    await connectedAs(world, '4567', 'd');

    expect(await terminate(world, '456')).toEqual([200, '{}']);

    for (const connectionId of ['a', 'b', 'c']) {
      world.gateway.assertClosed(connectionId);
      world.connections.assertRemoved(connectionId);
    }
    world.gateway.assertOpen('d');
    world.connections.assertKept('d');
    world.denials.assertUserDenied('456', NOW_IN_SECONDS + 60);
    expect(await world.denials.isUserDenied('4567')).toBe(false);
  });

  it('refuses the next handshake of each client, which comes back by itself', async () => {
    const world = newRestWorld();
    await connectedAs(world, '456', 'a', 'laptop');
    await connectedAs(world, '456', 'b', 'laptop');
    await connectedAs(world, '456', 'c');

    await terminate(world, '456');

    world.denials.assertHandshakesDenied('laptop', 2);
  });

  it('is no error when there is no such user, who is denied all the same', async () => {
    const world = newRestWorld();

    expect(await terminate(world, 'nobody')).toEqual([200, '{}']);

    world.denials.assertUserDenied('nobody');
  });

  it.each(['a/b', 'a b', '50%', '50%25', 'ñ#?', '..', 'x'.repeat(128)])(
    'knows the user %s',
    async (userId) => {
      const world = newRestWorld();
      await connectedAs(world, userId, 'a');

      expect(await terminate(world, userId)).toEqual([200, '{}']);

      world.connections.assertRemoved('a');
    },
  );

  it('has nothing to do with an id that nobody can have', async () => {
    const world = newRestWorld();

    expect(await terminate(world, 'ñ'.repeat(600))).toEqual([200, '{}']);

    world.denials.assertNobodyDenied();
  });

  it('leaves no other open when one cannot be closed, and fails, so that the caller tries again', async () => {
    const world = { ...newRestWorld(), gateway: new StubbornGateway(newRestWorld().clock) };
    for (const connectionId of ['a', 'b', 'c']) await connectedAs(world, '456', connectionId);
    world.gateway.unclosable.add('a');

    expect(await terminate(world, '456')).toEqual([500, 'Internal server error.']);

    world.connections.assertKept('a');
    for (const connectionId of ['b', 'c']) world.connections.assertRemoved(connectionId);
    world.logger.assertLogged('termination-failed', { connectionId: 'a' });
    world.gateway.unclosable.clear();
    expect(await terminate(world, '456')).toEqual([200, '{}']);
    world.connections.assertRemoved('a');
  });

  it('closes many at a time, but not any number', async () => {
    const world = { ...newRestWorld(), gateway: new StubbornGateway(newRestWorld().clock) };
    for (let index = 0; index < 40; index++) await connectedAs(world, '456', `c${index}`);

    expect(await terminate(world, '456')).toEqual([200, '{}']);

    expect(world.gateway.closed.size).toBe(40);
    expect(world.gateway.busiestClosing).toBe(16);
  });
});
