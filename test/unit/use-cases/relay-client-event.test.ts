import { describe, expect, it } from 'vitest';
import {
  eventDataTooLarge,
  eventNameTooLong,
  particularErrors,
} from '../../../lambdas/protocol/protocol-error.ts';
import { nothing, protocolError } from '../../../lambdas/protocol/server-event.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { say } from './client-speech.ts';
import { connected, identity, NOW, NOW_IN_SECONDS, newWorld, subscribed, type World } from './world.ts';

const CHAT = 'private-chat';
const whisper = (channel: unknown = CHAT, data: unknown = { name: 'Ana' }, event = 'client-typing') =>
  JSON.stringify({ event, channel, data });
const entered = {
  kind: 'client-event' as const,
  event: 'client-typing',
  channel: CHAT,
  data: '{"name":"Ana"}',
  socketId: socketIdOf('a='),
};

function inMode(
  clientEvents: World['settings']['clientEvents'],
  limits: Partial<World['settings']['limits']> = {},
): World {
  const world = newWorld();
  const { settings } = world;
  return { ...world, settings: { ...settings, clientEvents, limits: { ...settings.limits, ...limits } } };
}

async function on(channel: string, world = newWorld()): Promise<World> {
  await subscribed(world, 'a=', channel);
  return world;
}

describe('a client event', () => {
  it.each([CHAT, 'private-cache-chat', 'private-commerce.12'])(
    'of somebody on %s is written into its log, and answered with nothing to act upon',
    async (channel) => {
      const world = await on(channel);

      expect(await say(world, whisper(channel))).toBe(nothing());

      world.log.assertEntered({ ...entered, channel });
      world.allowance.assertTaken('client-events#a=');
    },
  );

  it('keeps the text of its data', async () => {
    const world = await on(CHAT);

    await say(world, `{"event":"client-typing","data":{"amount": 12345678901234567890},"channel":"${CHAT}"}`);

    world.log.assertEntered({ ...entered, data: '{"amount": 12345678901234567890}' });
  });

  it('on a presence channel says who sent it, whatever the sender says', async () => {
    const world = newWorld();
    await connected(world, 'a=');
    await world.subscriptions.subscribe({
      connectionId: 'a=',
      channel: 'presence-chat',
      expiresAt: NOW_IN_SECONDS + 7200,
      askedAt: NOW,
      inOrder: true,
      member: { userId: '7', channelData: '{"user_id":7}' },
    });

    await say(world, JSON.stringify({ ...JSON.parse(whisper('presence-chat')), user_id: 'forged' }));

    world.log.assertEntered({ ...entered, channel: 'presence-chat', userId: '7' });
  });

  it('of somebody who is not on the channel is refused in the words of Reverb', async () => {
    const world = newWorld();
    await subscribed(world, 'b=', CHAT);

    expect(await say(world, whisper())).toBe(
      '{"event":"pusher:error","data":"{\\"code\\":4009,\\"message\\":\\"The client is not a member of the specified channel.\\"}"}',
    );

    world.log.assertNothingEntered();
    world.gateway.assertOpen('a=');
  });

  it('of somebody whose subscription has run out is refused', async () => {
    const world = await on(CHAT);
    world.clock.advance(7_200_000);

    expect(await say(world, whisper())).toBe(protocolError(particularErrors.notAMember));
  });

  it.each([
    'news',
    'cache-news',
    'private-encrypted-chat',
    'private-encrypted-cache-chat',
    '#server-to-user-7',
    '#watchlist-7',
  ])('on %s is refused, by members too', async (channel) => {
    const world = await on(channel);

    expect(await say(world, whisper(channel))).toBe(protocolError(particularErrors.noClientEventsHere));

    world.log.assertNothingEntered();
  });

  it.each(['a b', 'x'.repeat(201), 'private-a:b'])(
    'on a channel that cannot be is refused: %s',
    async (channel) => {
      const world = newWorld();
      world.subscriptions.find = () => Promise.reject(new Error('the key is too long'));

      expect(await say(world, whisper(channel))).toBe(protocolError(particularErrors.notAMember));
    },
  );

  it('has a name of at most so many characters', async () => {
    const world = await on(CHAT, inMode('members', { maxClientMessagesPerSecond: 10 }));
    const name = `client-${'x'.repeat(193)}`;

    expect(await say(world, whisper(CHAT, {}, name))).toBe(nothing());
    expect(await say(world, whisper(CHAT, {}, `${name}x`))).toBe(protocolError(eventNameTooLong(200)));
  });

  it('that no frame can carry is refused, and not left to whoever broadcasts', async () => {
    const world = await on(CHAT, inMode('members', { maxClientMessageBytes: 1_000_000 }));

    expect(await say(world, whisper(CHAT, { text: 'x'.repeat(131_072) }))).toBe(
      protocolError(eventDataTooLarge(131_072)),
    );

    world.log.assertNothingEntered();
  });

  it('beyond so many a second is refused with 4301, and heard again in the next', async () => {
    const world = await on(CHAT, inMode('members', { maxClientEventsPerSecond: 2 }));

    for (let times = 0; times < 2; times++) expect(await say(world, whisper())).toBe(nothing());
    expect(await say(world, whisper())).toBe(protocolError(particularErrors.rateLimitExceeded));
    world.log.assertEntered(entered, entered);
    world.clock.advance(1_000);
    expect(await say(world, whisper())).toBe(nothing());
  });

  it('that cannot be stored is not said to be the fault of the client', async () => {
    const world = await on(CHAT);
    world.log.failure = new Error('throttled');

    expect(await say(world, whisper())).toBe(protocolError(4302));
    world.logger.assertLogged('message-failed', { connectionId: 'a=' });
  });

  it('leaves nothing of what it says in the log of the function', async () => {
    const world = newWorld();
    await say(world, whisper(CHAT, { secret: 'do not tell' }, 'client-do-not-tell-either'));

    world.logger.assertNeverLogged('do not tell');
    world.logger.assertNeverLogged('do-not-tell');
  });

  it('of a connection with a token reaches its own tenant, and never another', async () => {
    const world = await on('private-commerce.12');
    await world.subscriptions.subscribe({
      connectionId: 'a=',
      channel: 'private-commerce.13',
      expiresAt: NOW_IN_SECONDS + 7200,
      askedAt: NOW,
      inOrder: false,
    });

    expect(await say(world, whisper('private-commerce.12'), { identity })).toBe(nothing());
    expect(await say(world, whisper('private-commerce.13'), { identity })).toBe(
      protocolError(particularErrors.notAMember),
    );
  });
});

describe('client events for nobody', () => {
  it('are refused, members or not, in the words of Reverb', async () => {
    const world = await on(CHAT, inMode('none'));

    expect(await say(world, whisper())).toBe(
      '{"event":"pusher:error","data":"{\\"code\\":4301,\\"message\\":\\"The app does not have client messaging enabled.\\"}"}',
    );
    world.log.assertNothingEntered();
  });
});

describe('client events of all', () => {
  it.each([CHAT, 'news', 'cache-news', 'presence-chat'])(
    'go to %s without a subscription',
    async (channel) => {
      const world = inMode('all');

      expect(await say(world, whisper(channel))).toBe(nothing());

      world.log.assertEntered({ ...entered, channel });
    },
  );

  it.each(['private-commerce.12', 'private-cache-commerce.12.orders', 'presence-commerce.12'])(
    'go to %s of a tenant from its subscribers only',
    async (channel) => {
      const world = inMode('all');

      expect(await say(world, whisper(channel))).toBe(protocolError(particularErrors.notAMember));
      await world.subscriptions.subscribe({
        connectionId: 'a=',
        channel,
        expiresAt: NOW_IN_SECONDS + 7200,
        askedAt: NOW,
        inOrder: false,
      });
      expect(await say(world, whisper(channel))).toBe(nothing());
    },
  );

  it.each(['private-encrypted-chat', '#server-to-user-7', '#watchlist-7'])(
    'go never to %s',
    async (channel) => {
      expect(await say(inMode('all'), whisper(channel))).toBe(
        protocolError(particularErrors.noClientEventsHere),
      );
    },
  );
});
