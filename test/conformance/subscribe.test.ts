import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { payment } from '../setup/payment.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;

beforeAll(async () => {
  execution = await startExecution();
});
afterAll(() => execution?.stop());

const connect = (): Promise<RawClient> => dial(execution.socketUrl);

const subscribe = (channel: unknown, auth?: unknown) => ({
  event: 'pusher:subscribe',
  data: { channel, auth },
});

describe('pusher:subscribe', () => {
  it('on a public channel succeeds with empty data', async () => {
    const client = await connect();
    await client.socketId();

    client.send(subscribe('news', ''));

    await client.received('pusher_internal:subscription_succeeded');
    expect(client.texts.at(-1)).toBe(
      '{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"news"}',
    );
    client.close();
  });

  it('accepts its data as a JSON string, as Reverb does', async () => {
    const client = await connect();
    await client.socketId();

    client.send({ event: 'pusher:subscribe', data: JSON.stringify({ channel: 'news' }) });

    await client.received('pusher_internal:subscription_succeeded');
    client.close();
  });

  it('twice is answered twice and delivers once', async () => {
    const client = await connect();
    await client.socketId();
    client.send(subscribe('twice'));
    client.send(subscribe('twice'));
    await expect
      .poll(() => client.frames.filter((frame) => frame.event?.includes('succeeded')))
      .toHaveLength(2);

    await execution.notify({ channel: 'twice', event: 'first' });
    await execution.notify({ channel: 'twice', event: 'second' });
    await client.received('second');

    expect(client.frames.filter((frame) => frame.event === 'first')).toHaveLength(1);
    client.close();
  });

  it('to a hundred channels at once succeeds on each, though all of them write the same row', async () => {
    const client = await connect();
    await client.socketId();
    const channels = Array.from({ length: 100 }, (_, index) => `at-once-${index}`);

    for (const channel of channels) client.send(subscribe(channel));

    const success = 'pusher_internal:subscription_succeeded';
    // Each is waited for by itself: on a busy machine a hundred take longer than one may.
    for (const channel of channels) await client.received(success, (frame) => frame.channel === channel);
    expect(client.frames.filter(({ event }) => event === success)).toHaveLength(100);
    client.close();
  });

  it.each([
    ['a forged signature', (key: string) => `${key}:${'0'.repeat(64)}`],
    ['no signature', () => undefined],
    ['an empty signature', () => ''],
    ['another key', (_: string, good: string) => `other:${good.split(':')[1]}`],
    ['a truncated signature', (_: string, good: string) => good.slice(0, -1)],
    ['a signature for another channel', (_: string, _good: string, other: string) => other],
  ])('on a private channel is refused with %s', async (_, forge) => {
    const client = await connect();
    const socketId = await client.socketId();
    const channel = 'private-commerce.12';

    const good = execution.sign(socketId, channel);
    const other = execution.sign(socketId, 'private-commerce.13');
    client.send(subscribe(channel, forge(execution.outputs.AppKey as string, good, other)));

    expect(await client.received('pusher:subscription_error')).toMatchObject({
      channel,
      data: { type: 'AuthError', status: 401 },
    });
    client.send(subscribe('still-usable'));
    await client.received('pusher_internal:subscription_succeeded');
    client.close();
  });

  it.each([
    ['spaces', 'has spaces'],
    ['a slash', 'a/b'],
    ['too many characters', 'x'.repeat(201)],
    ['no characters', ''],
  ])('refuses a channel name with %s', async (_, channel) => {
    const client = await connect();
    await client.socketId();

    client.send(subscribe(channel));

    await expect.poll(() => client.frames.at(-1)?.event).toMatch(/^pusher:(subscription_)?error$/);
    expect(await execution.connectionRows(`channel#${channel}`)).toEqual([]);
    client.close();
  });

  it.each(['private-cache-room', 'presence-room', 'presence-cache-room', 'private-encrypted-room'])(
    'on %s is refused with a forged signature',
    async (channel) => {
      const client = await connect();
      await client.socketId();

      client.send({
        event: 'pusher:subscribe',
        data: { channel, auth: `${execution.outputs.AppKey}:00`, channel_data: '{"user_id":1}' },
      });

      expect(await client.received('pusher:subscription_error')).toMatchObject({
        channel,
        data: { type: 'AuthError', status: 401 },
      });
      client.close();
    },
  );

  it('on a presence channel is refused when it does not say who comes', async () => {
    const client = await connect();
    const auth = execution.sign(await client.socketId(), 'presence-nobody');

    client.send(subscribe('presence-nobody', auth));

    expect(await client.received('pusher:subscription_error')).toMatchObject({
      data: { type: 'InvalidChannel', status: 400 },
    });
    client.close();
  });

  it.each([['#watchlist-ana'], ['#anything'], ['#server-to-user-ana']])(
    'refuses %s, which is not for everybody, with a signature too',
    async (channel) => {
      const client = await connect();
      const socketId = await client.socketId();

      client.send(subscribe(channel, execution.sign(socketId, channel)));

      expect(await client.received('pusher:subscription_error')).toMatchObject({ channel });
      client.close();
    },
  );
});

describe('a frame', () => {
  it('is heard as well when it comes before the greeting', async () => {
    const client = await connect();

    client.send(subscribe('news'));

    await client.received('pusher_internal:subscription_succeeded');
    await client.socketId();
    client.close();
  });

  it('may have as many bytes as it may have, and not one more', async () => {
    const client = await connect();
    await client.socketId();
    const ping = (bytes: number): string => {
      const frame = JSON.stringify({ event: 'pusher:ping', data: '' });
      return JSON.stringify({ event: 'pusher:ping', data: 'x'.repeat(bytes - frame.length) });
    };

    client.send(ping(10_240));
    await client.received('pusher:pong');
    client.send(ping(10_241));

    const error = await client.received('pusher:error');
    expect(JSON.parse(error.data as string).code).toBe(4200);
    client.close();
  });
});

describe('a frame that is not understood', () => {
  it.each([
    ['no JSON', 'hello'],
    ['truncated JSON', '{"event":"pusher:subscribe","da'],
    ['a JSON array', '[]'],
    ['JSON null', 'null'],
    ['no event', '{"data":{}}'],
    ['an event that is no string', '{"event":{"a":1}}'],
    ['an unknown pusher event', '{"event":"pusher:levitate","data":{}}'],
    ['a subscribe without data', '{"event":"pusher:subscribe"}'],
    ['a subscribe whose channel is null', '{"event":"pusher:subscribe","data":{"channel":null}}'],
    ['a subscribe whose channel is an array', '{"event":"pusher:subscribe","data":{"channel":["a"]}}'],
    ['a subscribe whose auth is an array', '{"event":"pusher:subscribe","data":{"channel":"a","auth":[]}}'],
    ['a subscribe with string data that is no JSON', '{"event":"pusher:subscribe","data":"x"}'],
    ['a proto', '{"event":"pusher:subscribe","data":{"__proto__":{"channel":"a"}}}'],
  ])('is answered 4200 and keeps the connection: %s', async (_, frame) => {
    const client = await connect();
    await client.socketId();

    client.send(frame);

    const error = await client.received('pusher:error');
    expect(JSON.parse(error.data as string)).toEqual({ code: 4200, message: 'Invalid message format' });
    client.send({ event: 'pusher:ping', data: {} });
    await client.received('pusher:pong');
    client.close();
  });

  it('is answered with nothing to act upon when its event is nobody’s', async () => {
    const client = await connect();
    await client.socketId();

    client.send({ event: 'application:event', data: {} });
    await client.received('pusher_internal:nothing');
    client.send({ event: 'pusher:ping', data: {} });

    await client.received('pusher:pong');
    expect(client.texts.slice(1)).toEqual(['{"event":"pusher_internal:nothing"}', '{"event":"pusher:pong"}']);
    client.close();
  });
});

describe('the gateway’s own limits', () => {
  it('close with 1009 on a message beyond 128 KB', async () => {
    const client = await connect();
    await client.socketId();

    client.send('x'.repeat(131_073));

    expect(await client.closing()).toMatchObject({ code: 1009 });
  });

  it('close with 1009 on a frame beyond 32 KB', async () => {
    const client = await connect();
    await client.socketId();

    client.send('x'.repeat(33_000));

    expect(await client.closing()).toMatchObject({ code: 1009 });
  });

  it('close with 1003 on a binary message', async () => {
    const client = await connect();
    await client.socketId();

    client.send(Buffer.from([1, 2, 3]));

    expect(await client.closing()).toMatchObject({ code: 1003 });
  });
});

describe('the end of a connection', () => {
  const subscribed = async (channel: string): Promise<RawClient> => {
    const client = await connect();
    await client.socketId();
    client.send(subscribe(channel));
    await client.received('pusher_internal:subscription_succeeded');
    return client;
  };

  it('leaves no row behind', async () => {
    const client = await subscribed('leaving');

    client.close();

    await expect.poll(() => execution.connectionRows('channel#leaving')).toEqual([]);
  });

  it('leaves no row behind when $disconnect was lost and a post finds it dead', async () => {
    const witness = await subscribed('vanishing');
    const client = await subscribed('vanishing');
    await expect.poll(() => execution.connectionRows('channel#vanishing')).toHaveLength(2);
    const restore = execution.local.faults.onDisconnect(() => true);
    client.terminate();
    await expect.poll(() => client.closed).toBeDefined();

    await execution.notify({ channel: 'vanishing', data: payment(1) });

    await witness.received('notification.created');
    await expect.poll(() => execution.connectionRows('channel#vanishing')).toHaveLength(1);
    restore();
    witness.close();
  });
});
