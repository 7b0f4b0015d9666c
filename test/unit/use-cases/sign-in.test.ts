import { describe, expect, it } from 'vitest';
import { particularErrors } from '../../../lambdas/protocol/protocol-error.ts';
import {
  nothing,
  protocolError,
  signInSucceeded,
  watchlistEvents,
} from '../../../lambdas/protocol/server-event.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { signUser } from '../../../lambdas/protocol/user-auth.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { say, subscribe } from './client-speech.ts';
import { APP_KEY, connected, NOW, NOW_IN_SECONDS, newWorld, SECRET, type World } from './world.ts';

const signIn = (userData: string, auth = authOf(userData)) =>
  JSON.stringify({ event: 'pusher:signin', data: { auth, user_data: userData } });
const authOf = (userData: string, secret = SECRET, connectionId = 'a=', key = APP_KEY) =>
  signUser(key, secret, { socketId: socketIdOf(connectionId), userData });

const ANA = '{"id":"ana","user_info":{"name":"Ana"}}';
const WATCHING = '{"id":"ana","watchlist":["ben","cara","dora"]}';

describe('a sign-in', () => {
  it('is answered with the very text that was signed', async () => {
    expect(await say(newWorld(), signIn(ANA))).toBe(signInSucceeded(ANA));
  });

  it('notes whose connection it is, and puts it on the channel of its user, until it ends', async () => {
    const world = newWorld();

    await say(world, signIn(ANA));

    world.users.assertSignedIn('a=', 'ana');
    world.users.assertConnections('ana', 'a=');
    world.subscriptions.assertSubscribers('#server-to-user-ana', 'a=');
    expect(world.table.subscriptionRows.get('#server-to-user-ana')?.get('a=')?.expiresAt).toBe(
      NOW_IN_SECONDS + 7800,
    );
    expect(world.table.entries).toEqual([]);
  });

  it('is followed by a client that subscribes to the same channel once more', async () => {
    const world = newWorld();
    await say(world, signIn(ANA));

    expect(await say(world, subscribe('#server-to-user-ana', ''))).toContain('subscription_succeeded');
  });

  it('may be signed with a secret that is being replaced', async () => {
    const world = { ...newWorld(), secret: new FixedSecret('newer', SECRET) };

    expect(await say(world, signIn(ANA))).toBe(signInSucceeded(ANA));
  });

  it('may be repeated as the same user, and as no other', async () => {
    const world = newWorld();
    await say(world, signIn(ANA));

    expect(await say(world, signIn(ANA))).toBe(signInSucceeded(ANA));
    expect(await say(world, signIn('{"id":"ben"}'))).toBe(protocolError(particularErrors.otherUser));

    world.users.assertSignedIn('a=', 'ana');
    world.users.assertConnections('ben');
    world.subscriptions.assertSubscribers('#server-to-user-ben');
  });

  it.each([
    ['forged', `${APP_KEY}:${'0'.repeat(64)}`],
    ['empty', ''],
    ['that of another app', authOf(ANA, 'other-secret')],
    ['of another key', authOf(ANA, SECRET, 'a=', 'other')],
    ['for another socket', authOf(ANA, SECRET, 'b=')],
    ['for another user', authOf('{"id":"ben"}')],
  ])('whose signature is %s is refused in the words of Soketi, and the connection kept', async (_, auth) => {
    const world = newWorld();

    expect(await say(world, signIn(ANA, auth))).toBe(
      '{"event":"pusher:error","data":"{\\"code\\":4009,\\"message\\":\\"Connection not authorized.\\"}"}',
    );

    world.gateway.assertOpen('a=');
    world.users.assertSignedIn('a=', undefined);
    world.subscriptions.assertSubscribers('#server-to-user-ana');
    if (auth !== '') world.logger.assertNeverLogged(auth);
    world.logger.assertNeverLogged('Ana');
  });

  it.each([
    ['without an id', '{"name":"Ana"}', /must contain the "id" field/],
    ['with a number for an id', '{"id":7}', /must contain the "id" field/],
    ['with an id of which no channel can be named', '{"id":"a b"}', /^The id of the user may only/],
    ['with a watchlist that is none', '{"id":"ana","watchlist":"ben"}', /^The watchlist/],
  ])('%s is refused, signed as it is', async (_, userData, message) => {
    const world = newWorld();

    const answer = JSON.parse((await say(world, signIn(userData))) ?? '');

    expect(answer.event).toBe('pusher:error');
    expect(JSON.parse(answer.data)).toEqual({ code: 4009, message: expect.stringMatching(message) });
    world.users.assertSignedIn('a=', undefined);
    world.gateway.assertOpen('a=');
  });

  it('takes one of the channels that a connection may be on', async () => {
    const world = newWorld();
    for (const channel of ['a', 'b', 'c']) await say(world, subscribe(channel));

    expect(await say(world, signIn(ANA))).toBe(protocolError(particularErrors.noChannelLeft));

    world.users.assertSignedIn('a=', undefined);
  });

  it('of a connection without a row closes it, so that its client comes back with one', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    const claim = world.users.claim.bind(world.users);
    world.users.claim = async (request) => {
      await world.connections.remove('a=');
      return await claim(request);
    };

    expect(await say(world, signIn(ANA))).toBe(nothing());

    world.gateway.assertClosed('a=');
    world.logger.assertLogged('connection-unknown', { connectionId: 'a=' });
  });

  it('that fails for a reason of ours says so, and not that the client was wrong', async () => {
    const world = newWorld();
    world.users.claim = () => Promise.reject(new Error('throttled'));

    expect(await say(world, signIn(ANA))).toBe(protocolError(4302));
    world.gateway.assertOpen('a=');
  });
});

describe('a watchlist', () => {
  it('is told after the sign-in, with who is there and who is not', async () => {
    const world = newWorld();
    await world.occupancy.occupy('#server-to-user-ben');

    expect(await say(world, signIn(WATCHING))).toBe(
      watchlistEvents({ online: ['ben'], offline: ['cara', 'dora'] }),
    );

    world.gateway.assertReceived('a=', signInSucceeded(WATCHING));
    for (const id of ['ben', 'cara', 'dora']) world.subscriptions.assertSubscribers(`#watchlist-${id}`, 'a=');
  });

  it.each(['throttled', 'unavailable', 'gone'] as const)(
    'is left out where only one frame can be sent (%s): that of the sign-in has to arrive',
    async (outcome) => {
      const world = newWorld();
      world.gateway.always('a=', outcome);

      expect(await say(world, signIn(WATCHING))).toBe(signInSucceeded(WATCHING));
      world.logger.assertLogged('watchlist-not-told', { outcome });
    },
  );
});

describe('a user who was thrown out', () => {
  const UNTIL = NOW_IN_SECONDS + 60;

  async function looking(world: World): Promise<World> {
    const connection = { connectionId: 'a=', connectedAt: NOW, expiresAt: NOW_IN_SECONDS + 7200 };
    await world.connections.open({ ...connection, fingerprint: 'looks' });
    return world;
  }

  it('does not sign in again: it is told 4009 and closed, and so is its next handshake', async () => {
    const world = await looking(newWorld());
    await world.denials.denyUser('ana', UNTIL);

    expect(await say(world, signIn(ANA))).toBe(nothing());

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
    world.denials.assertHandshakesDenied('looks', 1);
    world.users.assertConnections('ana');
    world.subscriptions.assertSubscribers('#server-to-user-ana');
  });

  it('while it signs in is closed as well: it was not found among the connections of the user yet', async () => {
    const world = await looking(newWorld());
    const claim = world.users.claim.bind(world.users);
    world.users.claim = async (request) => {
      await world.denials.denyUser('ana', UNTIL);
      return await claim(request);
    };

    expect(await say(world, signIn(ANA))).toBe(nothing());

    world.gateway.assertClosed('a=');
    world.denials.assertHandshakesDenied('looks', 1);
  });

  it('is denied to whoever could sign for it only: a forged sign-in ends nothing', async () => {
    const world = await looking(newWorld());
    await world.denials.denyUser('ana', UNTIL);

    await say(world, signIn(ANA, `${APP_KEY}:${'0'.repeat(64)}`));

    world.gateway.assertOpen('a=');
    world.denials.assertHandshakesDenied('looks', 0);
  });
});
