import { describe, expect, it } from 'vitest';
import { nothing, subscriptionError, subscriptionSucceeded } from '../../../lambdas/protocol/server-event.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { signSubscription } from '../../../lambdas/protocol/subscription-auth.ts';
import { handleClientMessage } from '../../../lambdas/use-cases/handle-client-message.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { say, sign, subscribe } from './client-speech.ts';
import { APP_KEY, connected, identity, NOW, NOW_IN_SECONDS, newWorld, SECRET } from './world.ts';

const refusal = (answer: string | undefined) => {
  const { event, channel, data } = JSON.parse(answer ?? '{}');
  expect(event).toBe('pusher:subscription_error');
  return { channel, ...data };
};

describe('a subscription', () => {
  it('to a public channel needs nothing', async () => {
    const world = newWorld();

    expect(await say(world, subscribe('news', ''))).toBe(subscriptionSucceeded('news'));

    world.subscriptions.assertSubscribers('news', 'a=');
    world.logger.assertNoErrors();
  });

  it('to a private channel needs the signature of this app for this socket and this channel', async () => {
    const world = newWorld();

    expect(await say(world, subscribe('private-commerce.12', sign('private-commerce.12')))).toBe(
      subscriptionSucceeded('private-commerce.12'),
    );

    world.subscriptions.assertSubscribers('private-commerce.12', 'a=');
  });

  it('is accepted when signed with a secret that is being replaced', async () => {
    const world = { ...newWorld(), secret: new FixedSecret('newer', SECRET) };

    expect(await say(world, subscribe('private-a', sign('private-a')))).toBe(
      subscriptionSucceeded('private-a'),
    );
  });

  it('is accepted when signed with a secret that came with a rotation nobody has noticed yet', async () => {
    const world = { ...newWorld(), secret: new FixedSecret('older') };
    world.secret.rotate(SECRET, 'older');

    expect(await say(world, subscribe('private-a', sign('private-a')))).toBe(
      subscriptionSucceeded('private-a'),
    );
  });

  it('may carry channel data, which is then signed too', async () => {
    const channel_data = '{"user_id":7}';
    const auth = signSubscription(APP_KEY, SECRET, {
      socketId: socketIdOf('a='),
      channel: 'private-a',
      channelData: channel_data,
    });

    expect(await say(newWorld(), subscribe('private-a', auth, { channel_data }))).toBe(
      subscriptionSucceeded('private-a'),
    );
    expect(
      refusal(await say(newWorld(), subscribe('private-a', sign('private-a'), { channel_data }))),
    ).toMatchObject({
      status: 401,
    });
  });

  it('lasts as long as its connection can', async () => {
    const world = newWorld();
    const expiry = () => world.table.subscriptionRows.get('news')?.get('a=')?.expiresAt;

    await say(world, subscribe('news'));
    expect(expiry()).toBe(NOW_IN_SECONDS + 7800);

    await say(world, subscribe('news'), { identity });
    expect(expiry()).toBe(identity.tokenExpiresAt);
  });

  it.each([
    ['no signature', undefined],
    ['an empty signature', ''],
    ['a forged signature', `${APP_KEY}:${'0'.repeat(64)}`],
    ['another key', sign('private-commerce.12').replace(APP_KEY, 'other')],
    ['the signature of another app', sign('private-commerce.12', 'other-secret')],
    ['the signature of another channel', sign('private-commerce.13')],
    ['the signature of another socket', sign('private-commerce.12', SECRET, 'b=')],
  ])('to a private channel is refused with %s', async (_, auth) => {
    const world = newWorld();

    const answer = await say(world, subscribe('private-commerce.12', auth));

    expect(refusal(answer)).toMatchObject({ channel: 'private-commerce.12', type: 'AuthError', status: 401 });
    world.subscriptions.assertSubscribers('private-commerce.12');
    world.gateway.assertOpen('a=');
    if (auth) world.logger.assertNeverLogged(auth);
  });

  it.each([
    ['with a space', 'a b', /only contain/],
    ['beyond its length', 'x'.repeat(201), /201 characters/],
    ['with a separator of signatures', 'private-a:b', /only contain/],
    ['that only the server has', '#watchlist-user-7', /reserved/],
    ['that nobody has', '#anything', /reserved/],
  ])('to a channel of a name %s says that it cannot be, signed or not', async (_, channel, error) => {
    const world = newWorld();

    const answer = await say(world, subscribe(channel, sign(channel)), { identity });

    expect(refusal(answer)).toMatchObject({
      channel,
      type: 'InvalidChannel',
      status: 400,
      error: expect.stringMatching(error),
    });
    world.subscriptions.assertSubscribers(channel);
  });

  it('to an encrypted channel is one to a private channel: the server need not read it', async () => {
    const world = newWorld();
    const channel = 'private-encrypted-room';

    expect(await say(world, subscribe(channel, sign(channel)))).toBe(subscriptionSucceeded(channel));
    expect(refusal(await say(world, subscribe('private-encrypted-hall')))).toMatchObject({ status: 401 });
  });

  it.each([
    ['cache-room', undefined],
    ['private-cache-room', sign('private-cache-room')],
    ['private-encrypted-cache-room', sign('private-encrypted-cache-room')],
  ])('to %s is told by the broadcaster, with the last event', async (channel, auth) => {
    const world = newWorld();

    expect(await say(world, subscribe(channel, auth))).toBe(nothing());

    world.subscriptions.assertSubscribers(channel, 'a=');
    expect(world.table.entries).toMatchObject([{ kind: 'joined', channel, connectionId: 'a=', fresh: true }]);
  });

  it('beyond the channels a connection may be on is refused, and those it is on stay', async () => {
    const world = newWorld();
    for (const channel of ['a', 'b', 'c']) await say(world, subscribe(channel));

    expect(refusal(await say(world, subscribe('d')))).toMatchObject({ type: 'LimitReached' });
    expect(await say(world, subscribe('a'))).toBe(subscriptionSucceeded('a'));
    world.subscriptions.assertSubscribers('d');
  });

  it('of a connection without a row closes it, so that its client comes back with one', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    await world.connections.remove('a=');

    const answer = await handleClientMessage(world)({
      connectionId: 'a=',
      connectedAt: NOW,
      receivedAt: NOW,
      body: subscribe('news'),
    });

    expect(answer).toBe(nothing());
    world.gateway.assertClosed('a=');
    world.subscriptions.assertSubscribers('news');
  });

  it('that fails for a reason of ours says so, and not that the client was wrong', async () => {
    const world = newWorld();
    world.subscriptions.subscribe = () => Promise.reject(new Error('throttled'));

    expect(await say(world, subscribe('news'))).toBe(
      subscriptionError('news', {
        type: 'ServerError',
        error: 'The subscription could not be made; try again.',
        status: 500,
      }),
    );
    world.logger.assertLogged('subscription-failed', { connectionId: 'a=' });
  });
});

describe('a subscription to the channel of a user', () => {
  it('is for whoever has signed in as that user', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    await world.users.claim({
      connectionId: 'a=',
      userId: 'ana',
      expiresAt: NOW_IN_SECONDS + 60,
      watchlist: [],
    });

    expect(await say(world, subscribe('#server-to-user-ana', ''))).toBe(
      subscriptionSucceeded('#server-to-user-ana'),
    );
    expect(refusal(await say(world, subscribe('#server-to-user-ben')))).toMatchObject({ status: 401 });
  });

  it.each([
    ['without having signed in', 'ana', {}],
    ['with a token that names the same user', 'user-7', { identity }],
  ])('is refused %s, whatever its signature', async (_, user, changes) => {
    const channel = `#server-to-user-${user}`;

    expect(refusal(await say(newWorld(), subscribe(channel, sign(channel)), changes))).toMatchObject({
      type: 'AuthError',
      status: 401,
    });
  });
});

describe('a connection with a token', () => {
  it.each(['private-commerce.12', 'private-commerce.12.orders'])(
    'needs no signature for %s of its own tenant',
    async (channel) => {
      const world = newWorld();

      expect(await say(world, subscribe(channel), { identity })).toBe(subscriptionSucceeded(channel));

      expect(world.secret.reads).toBe(0);
      world.subscriptions.assertSubscribers(channel, 'a=');
    },
  );

  it.each(['private-commerce.13', 'private-commerce.1', 'private-commerce.123', 'private-commerce.13.12'])(
    'is refused %s of another tenant, even with a valid signature',
    async (channel) => {
      const world = newWorld();

      const answer = await say(world, subscribe(channel, sign(channel)), { identity });

      expect(refusal(answer)).toMatchObject({ channel, type: 'AuthError', status: 401 });
      world.subscriptions.assertSubscribers(channel);
    },
  );

  it('may listen to public channels', async () => {
    expect(await say(newWorld(), subscribe('news'), { identity })).toBe(subscriptionSucceeded('news'));
  });

  it('needs a signature for private channels of no tenant, as everybody', async () => {
    const world = newWorld();

    expect(refusal(await say(world, subscribe('private-admins'), { identity }))).toMatchObject({
      status: 401,
    });
    expect(await say(world, subscribe('private-admins', sign('private-admins')), { identity })).toBe(
      subscriptionSucceeded('private-admins'),
    );
  });
});
