import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../lambdas/ports/connection-store.ts';
import {
  connectionEstablished,
  protocolError,
  subscriptionSucceeded,
} from '../../../lambdas/protocol/server-event.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { greet, PATIENCE_IN_MILLISECONDS, YOUTH_IN_MILLISECONDS } from '../../../lambdas/use-cases/greet.ts';
import { identity, NOW, NOW_IN_SECONDS, newWorld, type World } from './world.ts';

const greeting = connectionEstablished(socketIdOf('a='), 120);

/** Just connected, its row on the stream. */
async function arrived(world: World, changes: Partial<Connection> = {}): Promise<Connection> {
  const connection = { connectionId: 'a=', connectedAt: NOW, expiresAt: NOW_IN_SECONDS + 7800, ...changes };
  await world.connections.open(connection);
  return connection;
}
const identified = { identity, expiresAt: identity.tokenExpiresAt };

describe('the greeting', () => {
  it('tells a connection its socket id and after how much silence to ping', async () => {
    const world = newWorld();

    await greet(world)(await arrived(world));

    world.gateway.assertReceived('a=', greeting);
    world.gateway.assertOpen('a=');
    world.connections.assertKept('a=');
    world.expiry.assertNothingScheduled();
  });

  it('of a connection with a token is followed by its subscription to the channel of its tenant', async () => {
    const world = newWorld();

    await greet(world)(await arrived(world, identified));

    world.gateway.assertReceived('a=', greeting, subscriptionSucceeded('private-commerce.12'));
    world.subscriptions.assertSubscribers('private-commerce.12', 'a=');
    expect(world.table.subscriptionRows.get('private-commerce.12')?.get('a=')?.expiresAt).toBe(
      identity.tokenExpiresAt,
    );
    world.expiry.assertScheduled('a=', identity.tokenExpiresAt);
  });

  it('of a connection that cannot outlast its token schedules nothing', async () => {
    const world = newWorld();
    const patient = { ...identity, tokenExpiresAt: NOW_IN_SECONDS + 86_400 };

    await greet(world)(await arrived(world, { identity: patient }));

    world.expiry.assertNothingScheduled();
    world.subscriptions.assertSubscribers('private-commerce.12', 'a=');
  });

  it.each([4001, 4004, 4009] as const)(
    'is the refusal %d where there is one, and then the end',
    async (refusal) => {
      const world = newWorld();

      await greet(world)(await arrived(world, { refusal, ...identified }));

      world.gateway.assertReceived('a=', protocolError(refusal));
      world.gateway.assertClosed('a=');
      world.connections.assertRemoved('a=');
      world.subscriptions.assertSubscribers('private-commerce.12');
      world.expiry.assertNothingScheduled();
    },
  );

  it('is a refusal for a tenant that the pattern has no channel for', async () => {
    const world = newWorld();
    const settings = { ...world.settings, channelPattern: 'private-{tenant}' };
    const connection = await arrived(world, { identity: { ...identity, tenant: 'cache-7' } });

    await greet({ ...world, settings })(connection);

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
  });
});

describe('the greeting of a user who was thrown out', () => {
  it('while its handshake went on is the refusal 4009, and then the end', async () => {
    const world = newWorld();
    const connection = await arrived(world, identified);
    await world.denials.denyUser(identity.user, NOW_IN_SECONDS + 60);

    await greet(world)(connection);

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    world.subscriptions.assertSubscribers('private-commerce.12');
    world.logger.assertLogged('user-kept-out', { connectionId: 'a=' });
  });

  it('asks nothing about a connection without a token', async () => {
    const world = newWorld();
    world.denials.isUserDenied = () => Promise.reject(new Error('nobody has said who it is'));

    await greet(world)(await arrived(world));

    world.gateway.assertReceived('a=', greeting);
  });
});

describe('a 410 while greeting', () => {
  it('is waited out while the connection is young: $connect has not returned yet', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'gone', 'gone', 'gone');

    await greet(world)(await arrived(world));

    world.gateway.assertReceived('a=', greeting);
    expect(world.clock.now() - NOW).toBeGreaterThan(0);
    expect(world.clock.now() - NOW).toBeLessThan(1000);
  });

  it('is waited out for a refusal too', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'gone', 'gone');

    await greet(world)(await arrived(world, { refusal: 4001 }));

    world.gateway.assertReceived('a=', protocolError(4001));
    world.gateway.assertClosed('a=');
  });

  it('means gone once the connection is no longer young', async () => {
    const world = newWorld();
    world.gateway.always('a=', 'gone');

    await greet(world)(await arrived(world, { connectedAt: NOW - YOUTH_IN_MILLISECONDS, ...identified }));

    expect(world.gateway.attempts('a=')).toBe(1);
    expect(world.logger.lines.map(({ event }) => event)).toEqual(['connection-gone-before-greeting']);
    world.connections.assertRemoved('a=');
    world.subscriptions.assertSubscribers('private-commerce.12');
  });

  it('is waited out from the writing of the row on, however long the handshake has taken', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'gone', 'gone');
    const connection = await arrived(world, { connectedAt: NOW - 20_000 });

    await greet(world)(connection, NOW_IN_SECONDS);

    world.gateway.assertReceived('a=', greeting);
  });

  it('means gone at once for a row that was written long ago and is read again', async () => {
    const world = newWorld();
    world.gateway.always('a=', 'gone');
    const connection = await arrived(world, { connectedAt: NOW - 3_600_000 });

    await greet(world)(connection, NOW_IN_SECONDS - 3_600);

    expect(world.gateway.attempts('a=')).toBe(1);
    expect(world.clock.now()).toBe(NOW);
  });

  it('ends in time when it never goes away', async () => {
    const world = newWorld();
    world.gateway.always('a=', 'gone');

    await greet(world)(await arrived(world));

    world.connections.assertRemoved('a=');
    world.gateway.assertClosed('a=');
    expect(world.clock.now() - NOW).toBeGreaterThanOrEqual(YOUTH_IN_MILLISECONDS);
    // Who comes next on the same lane of the stream waits as long, and gives up after ten seconds.
    expect(world.clock.now() - NOW).toBeLessThan(4_000);
  });

  it('keeps nobody waiting for a connection whose row has gone', async () => {
    const world = newWorld();
    const connection = await arrived(world);
    await world.connections.remove('a=');
    world.gateway.always('a=', 'gone');

    await greet(world)(connection);

    expect(world.gateway.attempts('a=')).toBe(1);
    expect(world.clock.now()).toBe(NOW);
  });
});

describe('a greeting that fails', () => {
  it('is tried again within the invocation', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'throttled', 'unavailable');

    await greet(world)(await arrived(world));

    world.gateway.assertReceived('a=', greeting);
  });

  it.each(['throttled', 'unavailable', 'too-large'] as const)(
    'for good (%s) is the end of the connection within seconds: nobody else waits for it, and its client dials again',
    async (outcome) => {
      const world = newWorld();
      world.gateway.always('a=', outcome);

      await greet(world)(await arrived(world, identified));

      world.gateway.assertClosed('a=');
      world.connections.assertRemoved('a=');
      world.subscriptions.assertSubscribers('private-commerce.12');
      world.logger.assertLogged('greeting-failed', { connectionId: 'a=' });
      expect(world.clock.now() - NOW).toBeLessThanOrEqual(PATIENCE_IN_MILLISECONDS);
    },
  );

  it('only when its subscription is to be told is the end of the connection all the same', async () => {
    const world = newWorld();
    world.gateway.next('a=', 'delivered');
    world.gateway.always('a=', 'throttled');

    await greet(world)(await arrived(world, identified));

    world.gateway.assertReceived('a=', greeting);
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
  });

  it('because its tenant has no place for it, or the table does not answer, is the end of the connection', async () => {
    for (const subscribe of [
      async () => 'too-many-channels' as const,
      () => Promise.reject(new Error('throttled')),
    ]) {
      const world = newWorld();
      world.subscriptions.subscribe = subscribe;

      await greet(world)(await arrived(world, identified));

      world.gateway.assertClosed('a=');
      world.connections.assertRemoved('a=');
    }
  });

  it('comes again only when the connection cannot be ended either', async () => {
    const world = newWorld();
    world.gateway.always('a=', 'throttled');
    const close = world.gateway.close.bind(world.gateway);
    world.gateway.close = () => Promise.reject(new Error('429'));
    const connection = await arrived(world);

    await expect(greet(world)(connection)).rejects.toThrow('429');
    world.connections.assertKept('a=');
    world.gateway.close = close;
    await greet(world)(connection);

    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
  });

  it('of a refused connection that cannot be closed is thrown and its row kept, so that it comes again and is closed', async () => {
    const world = newWorld();
    const close = world.gateway.close.bind(world.gateway);
    world.gateway.close = () => Promise.reject(new Error('429'));
    const connection = await arrived(world, { refusal: 4001 });

    await expect(greet(world)(connection)).rejects.toThrow('429');
    world.connections.assertKept('a=');
    world.gateway.close = close;
    await greet(world)(connection);

    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
  });

  it('is not even begun while its end cannot be scheduled', async () => {
    const world = newWorld();
    world.expiry.failNext();

    await greet(world)(await arrived(world, identified));

    world.gateway.assertReceivedNothing('a=');
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    world.logger.assertLogged('greeting-failed', { connectionId: 'a=' });
    world.subscriptions.assertSubscribers('private-commerce.12');
  });

  it('subscribes nobody who has gone in between', async () => {
    const world = newWorld();
    const connection = await arrived(world, identified);
    await world.connections.remove('a=');

    await greet(world)(connection);

    world.subscriptions.assertSubscribers('private-commerce.12');
    world.gateway.assertClosed('a=');
    world.logger.assertLogged('tenant-not-subscribed', { outcome: 'gone' });
  });
});
