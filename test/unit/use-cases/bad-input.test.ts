import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pong, protocolError, subscriptionSucceeded } from '../../../lambdas/protocol/server-event.ts';
import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { signSubscription } from '../../../lambdas/protocol/subscription-auth.ts';
import { signUser } from '../../../lambdas/protocol/user-auth.ts';
import messages from '../../vectors/client-messages.json' with { type: 'json' };
import { anyText } from '../any-text.ts';
import { say, sign, subscribe } from './client-speech.ts';
import { APP_KEY, identity, newWorld, SECRET, type World } from './world.ts';

/** What no log may have; it stands wherever a client can put something. */
const PAYLOAD = 'payload-5f0c';

async function expectUsable(world: World): Promise<void> {
  expect(await say(world, '{"event":"pusher:ping"}')).toBe(pong());
  expect(await say(world, subscribe('news'))).toBe(subscriptionSucceeded('news'));
  world.gateway.assertOpen('a=');
  world.connections.assertKept('a=');
}

describe('a malformed frame', () => {
  it.each(messages.malformed)(
    'is answered 4200 and keeps the connection usable: $about',
    async ({ text }) => {
      const world = newWorld();

      expect(await say(world, text)).toBe(protocolError(4200));

      world.logger.assertNoErrors();
      await expectUsable(world);
    },
  );

  it.each([
    ['no JSON', `${PAYLOAD}`],
    ['an unknown event', `{"event":"pusher:${PAYLOAD}"}`],
    ['data that is text', `{"event":"pusher:subscribe","data":"${PAYLOAD}"}`],
    ['a channel in a list', `{"event":"pusher:subscribe","data":{"channel":["${PAYLOAD}"]}}`],
    ['auth in a list', `{"event":"pusher:subscribe","data":{"channel":"a","auth":["${PAYLOAD}"]}}`],
    [
      'channel data that is text',
      `{"event":"pusher:subscribe","data":{"channel":"a","channel_data":"${PAYLOAD}"}}`,
    ],
    [
      'user data that is text',
      `{"event":"pusher:signin","data":{"auth":"${PAYLOAD}","user_data":"${PAYLOAD}"}}`,
    ],
    ['whispered text', `{"event":"client-${PAYLOAD}","channel":"private-a","data":"${PAYLOAD}"}`],
    ['too much', `{"event":"pusher:ping","data":"${PAYLOAD.repeat(1_000)}"}`],
  ])('leaves nothing of what it says in the log: %s', async (_, text) => {
    const world = newWorld();

    expect(await say(world, text)).toBe(protocolError(4200));

    world.logger.assertLogged('message-malformed', { connectionId: 'a=' });
    world.logger.assertNeverLogged(PAYLOAD);
  });
});

describe('a frame that asks for what cannot be', () => {
  const channelData = `{"user_info":"${PAYLOAD}"}`;
  const auth = signSubscription(APP_KEY, SECRET, {
    socketId: socketIdOf('a='),
    channel: 'presence-a',
    channelData,
  });
  const userData = `{"name":"${PAYLOAD}"}`;
  const userAuth = signUser(APP_KEY, SECRET, { socketId: socketIdOf('a='), userData });

  it.each([
    ['a channel that cannot be', subscribe(`a b ${PAYLOAD}`)],
    ['a forged signature', subscribe('private-a', `${APP_KEY}:${PAYLOAD}`)],
    ['a member without an id', subscribe('presence-a', auth, { channel_data: channelData })],
    ['the channel of somebody else', subscribe(`#server-to-user-${PAYLOAD}`)],
    [
      'a sign-in without an id',
      JSON.stringify({ event: 'pusher:signin', data: { auth: userAuth, user_data: userData } }),
    ],
    [
      'a forged sign-in',
      JSON.stringify({ event: 'pusher:signin', data: { auth: PAYLOAD, user_data: userData } }),
    ],
    [
      'a whisper to strangers',
      `{"event":"client-${PAYLOAD}","channel":"private-${PAYLOAD}","data":{"a":"${PAYLOAD}"}}`,
    ],
    ['a whisper to nobody', `{"event":"client-x","channel":"a b","data":{"a":"${PAYLOAD}"}}`],
  ])('is told so in a frame, leaves the connection usable and nothing in the log: %s', async (_, text) => {
    const world = newWorld();

    expect(JSON.parse((await say(world, text)) ?? '').event).toMatch(/^pusher:(?:subscription_)?error$/);

    world.logger.assertNeverLogged(PAYLOAD);
    world.logger.assertNoErrors();
    await expectUsable(world);
  });
});

describe('whatever a client sends', () => {
  const values = fc.oneof(anyText, fc.jsonValue(), fc.json());
  const events = fc.oneof(
    fc.constantFrom('pusher:subscribe', 'pusher:unsubscribe', 'pusher:signin', 'client-x', 'pusher:ping'),
    anyText.map((text) => `client-${text}`),
    values,
  );
  const kinds = [
    '',
    'private-',
    'presence-',
    'cache-',
    'private-encrypted-',
    'presence-cache-commerce.12',
    '#',
  ];
  const channels = fc.oneof(
    fc.tuple(fc.constantFrom(...kinds), anyText).map((parts) => parts.join('')),
    fc.constantFrom('private-commerce.12', 'presence-commerce.12', 'presence-room', '#server-to-user-a'),
    values,
  );
  const frames = fc
    .record(
      {
        event: events,
        channel: channels,
        data: fc.oneof(
          values,
          fc.record(
            { channel: channels, auth: values, channel_data: values, user_data: values },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    )
    .map((frame) => JSON.stringify(frame));

  it('is answered with one frame that a client knows, and is never an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText, frames), fc.boolean(), async (text, hasToken) => {
        const world = newWorld();

        const answer = JSON.parse((await say(world, text, hasToken ? { identity } : {})) ?? '');

        expect(answer.event).toMatch(/^pusher(?:_internal)?:[a-z_]+$/);
        world.logger.assertNoErrors();
        world.gateway.assertOpen('a=');
      }),
      { numRuns: 1_000 },
    );
  });

  it('and has had signed for a presence channel or a sign-in, is taken or refused in words', async () => {
    const ids = fc.oneof(anyText, fc.jsonValue(), fc.integer());
    const data = fc.oneof(
      fc.jsonValue(),
      fc.record({ user_id: ids, user_info: fc.jsonValue() }),
      fc.record({ id: ids, watchlist: fc.oneof(fc.jsonValue(), fc.array(anyText)) }),
    );
    await fc.assert(
      fc.asyncProperty(data, async (value) => {
        const text = JSON.stringify(value);
        const world = newWorld();
        const socketId = socketIdOf('a=');
        const channel = 'presence-room';
        const auth = signSubscription(APP_KEY, SECRET, { socketId, channel, channelData: text });

        const joined = JSON.parse((await say(world, subscribe(channel, auth, { channel_data: text }))) ?? '');
        const signedIn = JSON.parse(
          (await say(
            world,
            JSON.stringify({
              event: 'pusher:signin',
              data: { auth: signUser(APP_KEY, SECRET, { socketId, userData: text }), user_data: text },
            }),
          )) ?? '',
        );

        expect(joined.event).toMatch(/^pusher(?:_internal:nothing|:subscription_error)$/);
        expect(signedIn.event).toMatch(/^pusher(?:_internal:watchlist_events|:signin_success|:error)$/);
        world.logger.assertNoErrors();
        world.gateway.assertOpen('a=');
      }),
      { numRuns: 500 },
    );
  });

  it('signs nothing for another channel than its own', async () => {
    const names = fc.stringMatching(/^private-[-A-Za-z0-9_=@,.;]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(names, names, async (signed, wanted) => {
        const { event } = JSON.parse((await say(newWorld(), subscribe(wanted, sign(signed)))) ?? '');
        if (signed !== wanted) expect(event).toBe('pusher:subscription_error');
      }),
      { numRuns: 200 },
    );
  });
});
