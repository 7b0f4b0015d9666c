import { describe, expect, it } from 'vitest';
import { particularErrors } from '../../../lambdas/protocol/protocol-error.ts';
import {
  nothing,
  pong,
  protocolError,
  subscriptionSucceeded,
} from '../../../lambdas/protocol/server-event.ts';
import { handleClientMessage } from '../../../lambdas/use-cases/handle-client-message.ts';
import { say, subscribe } from './client-speech.ts';
import { connected, identity, NOW, newWorld } from './world.ts';

describe('a ping', () => {
  it('is answered, and nothing is asked for it', async () => {
    const world = newWorld();

    expect(await say(world, '{"event":"pusher:ping","data":{}}')).toBe(pong());

    expect(world.secret.reads).toBe(0);
  });

  it('of the client’s answer to our own is answered with nothing to act upon', async () => {
    expect(await say(newWorld(), '{"event":"pusher:pong","data":{}}')).toBe(nothing());
  });
});

describe('a connection whose token has expired', () => {
  it('is told why and closed when it speaks past the time of its token', async () => {
    const world = newWorld();
    world.clock.advance(600_000);

    expect(await say(world, subscribe('news'), { identity })).toBe(nothing());

    world.gateway.assertReceived('a=', protocolError(4009));
    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
    world.subscriptions.assertSubscribers('news');
  });

  it('is closed at its next word when it could not be closed at this one', async () => {
    const world = newWorld();
    world.clock.advance(600_000);
    const close = world.gateway.close.bind(world.gateway);
    world.gateway.close = () => Promise.reject(new Error('429'));

    expect(await say(world, subscribe('news'), { identity })).toBe(protocolError(4302));
    world.logger.assertLogged('message-failed', { connectionId: 'a=' });
    world.subscriptions.assertSubscribers('news');
    world.gateway.close = close;
    await say(world, subscribe('news'), { identity });

    world.gateway.assertClosed('a=');
    world.connections.assertRemoved('a=');
  });

  it('is served until the last millisecond of its token', async () => {
    const world = newWorld();
    world.clock.advance(599_999);

    expect(await say(world, '{"event":"pusher:ping"}', { identity })).toBe(pong());
  });
});

describe('an unsubscription', () => {
  const unsubscribe = (channel: string) => JSON.stringify({ event: 'pusher:unsubscribe', data: { channel } });

  it('is made, and answered with nothing to act upon', async () => {
    const world = newWorld();
    await say(world, subscribe('news'));

    expect(await say(world, unsubscribe('news'), { receivedAt: NOW + 1 })).toBe(nothing());

    world.subscriptions.assertSubscribers('news');
  });

  it('does not undo a subscription that was sent after it and handled before', async () => {
    const world = newWorld();
    await say(world, subscribe('news'), { receivedAt: NOW + 2 });

    await say(world, unsubscribe('news'), { receivedAt: NOW + 1 });

    world.subscriptions.assertSubscribers('news', 'a=');
  });

  it.each([
    ['too long for any channel', 'x'.repeat(9_000)],
    ['that no channel can have', 'a b'],
  ])('from a channel of a name %s is ignored, and nothing is asked for it', async (_, channel) => {
    const world = newWorld();
    world.subscriptions.unsubscribe = () => Promise.reject(new Error('the key is too long'));

    expect(await say(world, unsubscribe(channel))).toBe(nothing());

    world.logger.assertNoErrors();
  });

  it('from a channel it is not on is no error', async () => {
    const world = newWorld();

    expect(await say(world, unsubscribe('news'))).toBe(nothing());
    world.logger.assertNoErrors();
  });

  it('that fails for a reason of ours says so, and breaks nothing', async () => {
    const world = newWorld();
    world.subscriptions.unsubscribe = () => Promise.reject(new Error('throttled'));

    expect(await say(world, unsubscribe('news'))).toBe(protocolError(4302));
    world.logger.assertLogged('message-failed', { connectionId: 'a=' });
  });
});

describe('any other message', () => {
  it.each([
    'Hi',
    '[]',
    '{"event":"pusher:levitate"}',
    '{"event":"pusher:subscribe","data":{"channel":null}}',
  ])('that is malformed is answered 4200 and keeps the connection: %s', async (body) => {
    const world = newWorld();

    expect(await say(world, body)).toBe(protocolError(4200));

    world.gateway.assertOpen('a=');
    world.connections.assertKept('a=');
    world.logger.assertLogged('message-malformed');
  });

  it('beyond its size is answered 4200 and not even read', async () => {
    const world = newWorld();
    const fits = `{"event":"pusher:ping","data":"${'x'.repeat(10_000 - 33)}"}`;
    expect(Buffer.byteLength(fits)).toBe(10_000);

    expect(await say(world, fits)).toBe(pong());
    expect(await say(world, `${fits} `)).toBe(protocolError(4200));
    expect(await say(world, `{"event":"pusher:ping","data":"${'ñ'.repeat(5_000)}"}`)).toBe(
      protocolError(4200),
    );
  });

  it('that is nobody’s is ignored', async () => {
    expect(await say(newWorld(), '{"event":"application:event","data":{}}')).toBe(nothing());
  });
});

describe('a connection that says too much', () => {
  const hearing = async () => {
    const world = newWorld();
    await connected(world, 'a=');
    const handle = handleClientMessage(world);
    const hear = (body: string, connectionId = 'a=') =>
      handle({ connectionId, connectedAt: NOW, receivedAt: NOW, body });
    for (let times = 0; times < 20; times++) expect(await hear('{"event":"pusher:ping"}')).toBe(pong());
    return { world, hear };
  };

  it('is told so as Reverb tells it, and what it wants is not done', async () => {
    const { world, hear } = await hearing();

    expect(await hear(subscribe('news'))).toBe(
      '{"event":"pusher:error","data":"{\\"code\\":4301,\\"message\\":\\"Rate limit exceeded\\"}"}',
    );

    world.subscriptions.assertSubscribers('news');
    world.gateway.assertOpen('a=');
    world.connections.assertKept('a=');
  });

  it('takes nothing from the others', async () => {
    const { hear } = await hearing();

    expect(await hear('{"event":"pusher:ping"}', 'b=')).toBe(pong());
  });

  it('is heard again when it has been silent for a while', async () => {
    const { world, hear } = await hearing();
    world.clock.advance(20_000);

    expect(await hear(subscribe('news'))).toBe(subscriptionSucceeded('news'));
  });

  it('is logged once, however much it says', async () => {
    const { world, hear } = await hearing();
    for (let times = 0; times < 5; times++)
      expect(await hear('Hi')).toBe(protocolError(particularErrors.rateLimitExceeded));

    expect(world.logger.lines.map(({ event }) => event)).toEqual(['client-too-fast']);
  });
});
