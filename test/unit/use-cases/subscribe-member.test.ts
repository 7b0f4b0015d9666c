import { describe, expect, it } from 'vitest';
import { nothing, protocolError } from '../../../lambdas/protocol/server-event.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { signSubscription } from '../../../lambdas/protocol/subscription-auth.ts';
import { say, sign, subscribe } from './client-speech.ts';
import { APP_KEY, connected, identity, NOW, NOW_IN_SECONDS, newWorld, SECRET, type World } from './world.ts';

const ROOM = 'presence-room';
const anas = '{"user_id":7,"user_info":{"name":"Ana"}}';

const signed = (channelData: string, channel = ROOM, connectionId = 'a=') =>
  signSubscription(APP_KEY, SECRET, { socketId: socketIdOf(connectionId), channel, channelData });

/** What a client sends after its API has signed who it is. */
const joinAs = (channel_data: string, channel = ROOM, connectionId = 'a=') =>
  subscribe(channel, signed(channel_data, channel, connectionId), { channel_data });

const refusal = (answer: string | undefined) => {
  const { event, data } = JSON.parse(answer ?? '{}');
  expect(event).toBe('pusher:subscription_error');
  return data;
};

/** Somebody else on the channel. */
async function present(world: World, userId: string, channelData = `{"user_id":"${userId}"}`): Promise<void> {
  const connectionId = `${userId}=`;
  await connected(world, connectionId);
  await say(world, joinAs(channelData, ROOM, connectionId), { connectionId });
}

function withLimits(changes: Partial<World['settings']['limits']>): World {
  const world = newWorld();
  return { ...world, settings: { ...world.settings, limits: { ...world.settings.limits, ...changes } } };
}

describe('a subscription to a presence channel', () => {
  it.each([ROOM, 'presence-cache-room'])(
    'to %s comes as who was signed, and is told in its order',
    async (channel) => {
      const world = newWorld();

      expect(await say(world, joinAs(anas, channel))).toBe(nothing());

      expect(world.table.entries).toMatchObject([
        {
          kind: 'joined',
          channel,
          connectionId: 'a=',
          fresh: true,
          newMember: true,
          member: { userId: '7', channelData: anas },
        },
      ]);
      world.presence.assertMembers(channel, '7');
      world.users.assertConnections('7', 'a=');
      expect(world.table.subscriptionRows.get(channel)?.get('a=')?.expiresAt).toBe(NOW_IN_SECONDS + 7800);
    },
  );

  it.each([
    ['without a signature', () => subscribe(ROOM, undefined, { channel_data: anas })],
    ['signed without who comes', () => subscribe(ROOM, sign(ROOM), { channel_data: anas })],
    ['signed for somebody else', () => subscribe(ROOM, signed('{"user_id":8}'), { channel_data: anas })],
  ])('%s is refused with 401', async (_, message) => {
    const world = newWorld();

    expect(refusal(await say(world, message()))).toMatchObject({ type: 'AuthError', status: 401 });

    world.presence.assertMembers(ROOM);
  });

  it.each([
    ['nobody', '{}', /user_id/],
    ['a list', '[]', /JSON object/],
    ['a nameless user', '{"user_id":""}', /user_id/],
    [
      'too much user_info',
      `{"user_id":1,"user_info":"${'x'.repeat(1023)}"}`,
      /1025 bytes as JSON; at most 1024/,
    ],
  ])('signed as %s is refused in words', async (_, channelData, error) => {
    expect(refusal(await say(newWorld(), joinAs(channelData)))).toEqual({
      type: 'InvalidChannel',
      status: 400,
      error: expect.stringMatching(error),
    });
  });

  it('need not say who comes when that has signed in', async () => {
    const world = newWorld();
    expect(refusal(await say(world, subscribe(ROOM, sign(ROOM))))).toMatchObject({
      status: 400,
      error: expect.stringContaining('channel_data'),
    });
    await world.users.claim({
      connectionId: 'a=',
      userId: 'ana',
      expiresAt: NOW_IN_SECONDS + 60,
      watchlist: [],
    });

    expect(await say(world, subscribe(ROOM, sign(ROOM)))).toBe(nothing());

    expect(world.table.entries).toMatchObject([
      { member: { userId: 'ana', channelData: '{"user_id":"ana"}' } },
    ]);
  });

  it('beyond its members is refused, while a member may come by one more connection', async () => {
    const world = newWorld();
    for (const userId of ['1', '2', '3']) await present(world, userId);

    expect(refusal(await say(world, joinAs(anas)))).toMatchObject({ type: 'LimitReached', status: 403 });
    expect(await say(world, joinAs('{"user_id":"2"}'))).toBe(nothing());

    world.presence.assertMembers(ROOM, '1', '2', '3');
  });

  it('is refused when the list of members would no longer fit into a frame', async () => {
    const world = withLimits({ maxUserInfoBytes: 100_000, maxClientMessageBytes: 300_000 });
    const large = (userId: string) => JSON.stringify({ user_id: userId, user_info: 'x'.repeat(60_000) });
    await present(world, '1', large('1'));
    await present(world, '2', large('2'));

    expect(refusal(await say(world, joinAs(large('3'))))).toMatchObject({
      type: 'LimitReached',
      error: expect.stringMatching(/\d{6} bytes; at most 131072/),
    });
    expect(await say(world, joinAs('{"user_id":"3"}'))).toBe(nothing());
  });

  it('that cannot be counted says that it is our fault', async () => {
    const world = newWorld();
    world.presence.membersOf = () => Promise.reject(new Error('throttled'));

    expect(refusal(await say(world, joinAs(anas)))).toMatchObject({ type: 'ServerError', status: 500 });
  });
});

describe('a connection with a token, on a presence channel of its tenant', () => {
  const own = 'presence-commerce.12';

  it('is the user of the token, whatever it says without a signature', async () => {
    const world = newWorld();

    expect(await say(world, subscribe(own, '', { channel_data: '{"user_id":"admin"}' }), { identity })).toBe(
      nothing(),
    );

    expect(world.table.entries).toMatchObject([
      { member: { userId: 'user-7', channelData: '{"user_id":"user-7"}' } },
    ]);
    expect(world.secret.reads).toBe(0);
  });

  it('is who the API has signed', async () => {
    const world = newWorld();

    expect(await say(world, joinAs(anas, own), { identity })).toBe(nothing());

    expect(world.table.entries).toMatchObject([{ member: { userId: '7', channelData: anas } }]);
  });

  it('is nobody when the signature is not valid', async () => {
    const forged = subscribe(own, `${APP_KEY}:${'0'.repeat(64)}`, { channel_data: anas });

    expect(refusal(await say(newWorld(), forged, { identity }))).toMatchObject({ status: 401 });
  });

  it('is refused that of another tenant, even with a valid signature', async () => {
    expect(refusal(await say(newWorld(), joinAs(anas, 'presence-commerce.13'), { identity }))).toMatchObject({
      type: 'AuthError',
      status: 401,
    });
  });
});

describe('a user who was thrown out', () => {
  const UNTIL = NOW_IN_SECONDS + 60;

  async function deniedWorld(): Promise<World> {
    const world = newWorld();
    await world.connections.open({
      connectionId: 'a=',
      connectedAt: NOW,
      expiresAt: NOW_IN_SECONDS + 7200,
      fingerprint: 'looks',
    });
    await world.denials.denyUser('7', UNTIL);
    return world;
  }

  it('joins no presence channel: it is told 4009 and closed, and so is its next handshake', async () => {
    const world = await deniedWorld();

    expect(await say(world, joinAs(anas))).toBe(nothing());

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    world.presence.assertMembers(ROOM);
    expect(world.table.entries).toEqual([]);
    world.denials.assertHandshakesDenied('looks', 1);
    world.logger.assertLogged('user-kept-out', { connectionId: 'a=' });
  });

  it('may join again when the denial is over', async () => {
    const world = await deniedWorld();
    world.clock.advance(60_000);

    expect(await say(world, joinAs(anas))).toBe(nothing());

    world.presence.assertMembers(ROOM, '7');
    world.gateway.assertOpen('a=');
  });

  it('while it joins is closed as well: it was not found among the connections of the user yet', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    const join = world.subscriptions.subscribe.bind(world.subscriptions);
    world.subscriptions.subscribe = async (request) => {
      await world.denials.denyUser('7', UNTIL);
      return await join(request);
    };

    expect(await say(world, joinAs(anas))).toBe(nothing());

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
  });

  it('takes nothing from the others', async () => {
    const world = await deniedWorld();

    expect(await say(world, joinAs('{"user_id":8}'))).toBe(nothing());

    world.gateway.assertOpen('a=');
  });
});

describe('the connections of a tenant', () => {
  const channel = 'private-commerce.12';

  async function fullHouse(): Promise<World> {
    const world = withLimits({ maxConnectionsPerTenant: 1 });
    await connected(world, 'b=');
    await world.connections.admit('b=', '12', 1);
    return world;
  }

  it('are as many as may be: one more is refused, on its channels and on no other', async () => {
    const world = await fullHouse();

    expect(refusal(await say(world, subscribe(channel, sign(channel))))).toMatchObject({
      type: 'LimitReached',
      status: 403,
    });
    expect(await say(world, subscribe('news'))).toContain('subscription_succeeded');
    expect(await say(world, subscribe('private-commerce.13', sign('private-commerce.13')))).toContain(
      'subscription_succeeded',
    );
    world.subscriptions.assertSubscribers(channel);
  });

  it('are counted once each, however many channels they are on', async () => {
    const world = withLimits({ maxConnectionsPerTenant: 1 });

    for (const each of [channel, `${channel}.orders`]) {
      expect(await say(world, subscribe(each, sign(each)))).toContain('subscription_succeeded');
    }
  });

  it('with a token were counted when they came', async () => {
    const world = await fullHouse();

    expect(await say(world, subscribe(channel), { identity })).toContain('subscription_succeeded');
  });

  it('are not counted where there is no such limit', async () => {
    const world = newWorld();
    world.connections.admit = () => Promise.reject(new Error('nobody asked for it'));

    expect(await say(world, subscribe(channel, sign(channel)))).toContain('subscription_succeeded');
  });
});
