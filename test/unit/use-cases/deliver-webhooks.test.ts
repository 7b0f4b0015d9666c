import Pusher from 'pusher';
import { describe, expect, it } from 'vitest';
import type { WebhookEndpoint } from '../../../lambdas/protocol/webhook-event.ts';
import { deliverWebhooks } from '../../../lambdas/use-cases/deliver-webhooks.ts';
import type { WebhookMessage } from '../../../lambdas/use-cases/webhook-portions.ts';
import { FakeWebhookEndpoints } from '../../fakes/fake-webhook-endpoints.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { InMemoryMessageRepetition } from '../../fakes/in-memory-queues.ts';
import { RecordingLogger } from '../../fakes/recording-logger.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const ONE = 'https://one.example/hooks?token=hidden-in-the-query';
const OTHER = 'https://other.example/hooks';
const A_QUARTER_OF_A_MINUTE = 15_000;

function world(endpoints: readonly WebhookEndpoint[] = [{ url: ONE }, { url: OTHER }], random = () => 1) {
  const clock = new VirtualClock();
  const servers = new FakeWebhookEndpoints();
  const repetition = new InMemoryMessageRepetition();
  const logger = new RecordingLogger();
  const secret = new FixedSecret('current', 'previous');
  const deps = { endpoints, appKey: 'key', secret, sender: servers, repetition, clock, random, logger };
  const deliverAll = deliverWebhooks(deps);
  const start = clock.now();
  return {
    clock,
    servers,
    repetition,
    logger,
    secret,
    deliver: (...messages: WebhookMessage[]) => deliverAll(messages, start + A_QUARTER_OF_A_MINUTE),
    message: (url: string, channel: string, { after = 0, receiveCount = 1 } = {}): WebhookMessage => ({
      messageId: `${channel} to ${new URL(url).host}`,
      receiptHandle: `handle of ${channel}`,
      receiveCount,
      queued: { url, at: start + after, index: 0, event: { name: 'channel_occupied', channel } },
    }),
  };
}

describe('delivering webhooks', () => {
  it('posts to each endpoint its events, in one request and in their order', async () => {
    const { deliver, message, servers, repetition } = world();
    const failed = await deliver(
      message(ONE, 'b', { after: 2 }),
      message(OTHER, 'a'),
      message(ONE, 'a', { after: 1 }),
    );
    expect(failed).toEqual([]);
    servers.assertRequests(ONE, ['a', 'b']);
    servers.assertRequests(OTHER, ['a']);
    repetition.assertNothingPostponed();
  });

  it('signs with the current secret, which receivers know besides the previous one', async () => {
    const { deliver, message, servers } = world();
    const headers: Record<string, string>[] = [];
    const { send } = servers;
    servers.send = async (endpoint, request) => {
      headers.push(Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k.toLowerCase(), v])));
      return await send.call(servers, endpoint, request);
    };
    await deliver(message(ONE, 'a'));
    const received = { rawBody: servers.requests[0]?.body ?? '', headers: headers[0] as object };
    const receiver = (secret: string) =>
      new Pusher({ appId: 'app', key: 'key', secret, host: 'api.example' });
    expect(receiver('current').webhook(received).isValid()).toBe(true);
    expect(receiver('previous').webhook(received).isValid()).toBe(false);
    expect(receiver('previous').webhook(received).isValid({ key: 'key', secret: 'current' })).toBe(true);
  });

  it('has what one endpoint refuses come again, and nothing of the other', async () => {
    const { deliver, message, servers, repetition, logger } = world();
    servers.answer(ONE, 500);
    const failed = await deliver(message(ONE, 'a'), message(ONE, 'b', { after: 1 }), message(OTHER, 'c'));
    expect(failed).toEqual(['a to one.example', 'b to one.example']);
    servers.assertRequests(OTHER, ['c']);
    repetition.assertPostponed({ 'handle of a': 1, 'handle of b': 1 });
    logger.assertLogged('webhook-refused', { endpoint: 'one.example', status: 500, events: 2 });
    logger.assertNoErrors();
  });

  it.each([400, 401, 404, 408, 410, 429, 301, 503])('takes %i for a no like any other', async (status) => {
    const { deliver, message, servers } = world();
    servers.answer(ONE, status);
    expect(await deliver(message(ONE, 'a'))).toEqual(['a to one.example']);
  });

  it('goes on with the next request when one was refused: it may be the events', async () => {
    const { deliver, message, servers } = world();
    servers.answerNext(ONE, 500, 200);
    const failed = await deliver(message(ONE, 'a'), message(ONE, 'b', { after: 5_000 }));
    expect(failed).toEqual(['a to one.example']);
    servers.assertRequests(ONE, ['a'], ['b']);
  });

  it('asks an endpoint that does not answer no second time', async () => {
    const { deliver, message, servers, logger } = world();
    servers.answer(ONE, undefined);
    const failed = await deliver(message(ONE, 'a'), message(ONE, 'b', { after: 5_000 }), message(OTHER, 'c'));
    expect(failed).toEqual(['a to one.example', 'b to one.example']);
    servers.assertRequests(ONE, ['a']);
    servers.assertRequests(OTHER, ['c']);
    logger.assertLogged('webhook-unreachable', { endpoint: 'one.example', reason: 'ECONNREFUSED' });
  });

  it('does not begin what it has no time for', async () => {
    const { deliver, message, servers, clock, logger } = world();
    servers.onRequest = () => clock.advance(4_001);
    const failed = await deliver(
      ...[0, 5_000, 10_000, 15_000].map((after) => message(ONE, `c${after}`, { after })),
    );
    expect(failed).toEqual(['c10000 to one.example', 'c15000 to one.example']);
    servers.assertRequests(ONE, ['c0'], ['c5000']);
    logger.assertLogged('webhooks-postponed', { endpoint: 'one.example', events: 2 });
  });

  it('lets no endpoint wait for another', async () => {
    const { deliver, message, servers } = world();
    let bothAsked: (() => void) | undefined;
    const both = new Promise<void>((resolve) => {
      bothAsked = resolve;
    });
    let asked = 0;
    servers.onRequest = () => {
      asked += 1;
      if (asked === 2) bothAsked?.();
      return both;
    };
    expect(await deliver(message(ONE, 'a'), message(OTHER, 'b'))).toEqual([]);
  });

  it.each([
    [1, 1, 1],
    [2, 1, 2],
    [3, 2, 4],
    [4, 4, 8],
    [10, 256, 512],
    [11, 450, 900],
    [16, 450, 900],
    [1_100, 450, 900],
  ])('waits after receive %i for %i to %i seconds', async (receiveCount, least, most) => {
    for (const [random, expected] of [
      [0, least],
      [1, most],
    ] as const) {
      const { deliver, message, servers, repetition } = world([{ url: ONE }], () => random);
      servers.answer(ONE, 500);
      await deliver(message(ONE, 'a', { receiveCount }));
      repetition.assertPostponed({ 'handle of a': expected });
    }
  });

  it('has messages come again all the same when they cannot be postponed', async () => {
    const { deliver, message, servers, repetition, logger } = world();
    servers.answer(ONE, 500);
    repetition.failure = new Error('no queue');
    expect(await deliver(message(ONE, 'a'))).toEqual(['a to one.example']);
    logger.assertLogged('webhooks-not-postponed', { messages: 1 });
  });

  it('has everything come again without a secret to sign with', async () => {
    const { deliver, message, secret, servers, logger } = world();
    secret.current = () => Promise.reject(new Error('no secret'));
    expect(await deliver(message(ONE, 'a'), message(OTHER, 'b'))).toHaveLength(2);
    expect(servers.requests).toEqual([]);
    logger.assertLogged('webhook-failed', { endpoint: 'one.example' });
  });

  it('drops what the settings send nowhere any more, and says so', async () => {
    const { deliver, message, servers, repetition, logger } = world([{ url: OTHER, channelPrefix: 'room-' }]);
    const failed = await deliver(message(ONE, 'room-1'), message(OTHER, 'news'), message(OTHER, 'room-2'));
    expect(failed).toEqual([]);
    servers.assertRequests(ONE);
    servers.assertRequests(OTHER, ['room-2']);
    repetition.assertNothingPostponed();
    logger.assertLogged('webhook-dropped', { endpoint: 'one.example', channel: 'room-1' });
    logger.assertLogged('webhook-dropped', { endpoint: 'other.example', channel: 'news' });
  });

  it('takes of two endpoints of one URL the first that wants the event', async () => {
    const rooms = { url: ONE, channelPrefix: 'room-', headers: { Which: 'rooms' } };
    const all = { url: ONE, headers: { Which: 'all' } };
    const { deliver, message, servers } = world([rooms, all]);
    const asked: (WebhookEndpoint | undefined)[] = [];
    const { send } = servers;
    servers.send = async (endpoint, request) => {
      asked.push(endpoint);
      return await send.call(servers, endpoint, request);
    };
    await deliver(message(ONE, 'room-1'), message(ONE, 'news'));
    expect(asked).toEqual([rooms, all]);
  });

  it('logs neither the rest of a URL nor what was sent', async () => {
    const { deliver, message, servers, logger } = world();
    servers.answer(ONE, 500);
    const { queued, ...rest } = message(ONE, 'a');
    const event = {
      name: 'client_event',
      channel: 'private-a',
      event: 'client-b',
      data: '"payload"',
      socket_id: '1.2',
    } as const;
    await deliver({ ...rest, queued: { ...queued, event } });
    await deliver({ ...rest, queued: { ...queued, event, url: 'https://user:password@gone.example/path' } });
    for (const secret of ['hidden-in-the-query', 'payload', 'password', 'current']) {
      logger.assertNeverLogged(secret);
    }
  });
});
