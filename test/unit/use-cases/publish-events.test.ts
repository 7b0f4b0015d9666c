import { describe, expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { ask, listening, newRestWorld } from './rest-world.ts';

const event = (changes: Record<string, unknown> = {}) => ({
  name: 'created',
  channel: 'one',
  data: '{"a": 1.0}',
  ...changes,
});
const stored = (channel: string, changes: object = {}) => ({
  channel,
  event: 'created',
  data: '{"a": 1.0}',
  ...changes,
});

describe('publishing an event', () => {
  it('stores it and answers an empty object', async () => {
    const world = newRestWorld();

    expect(await ask(world, 'POST', '/events', { body: event() })).toEqual([200, '{}']);

    world.log.assertStored(stored('one'));
    world.logger.assertNoErrors();
  });

  it('stores one notification for every channel, in their order', async () => {
    const world = newRestWorld();
    const channels = ['one', 'presence-two', '#server-to-user-7'];

    const body = event({ channels, socket_id: '1.2' });
    expect(await ask(world, 'POST', '/events', { body })).toEqual([200, '{}']);

    world.log.assertStored(...channels.map((channel) => stored(channel, { socketId: '1.2' })));
  });

  it('excludes nobody by a socket id that can be nobody’s', async () => {
    const world = newRestWorld();

    const body = event({ socket_id: 'invalid-socket-id' });
    expect(await ask(world, 'POST', '/events', { body })).toEqual([200, '{}']);

    world.log.assertStored(stored('one'));
  });

  it.each([
    ['user_count', '{"channels":{"presence-one":{"user_count":1},"two":{},"__proto__":{}}}'],
    ['subscription_count', '{"channels":{"presence-one":{},"two":{"subscription_count":1},"__proto__":{}}}'],
    [
      'occupied',
      '{"channels":{"presence-one":{"occupied":true},"two":{"occupied":true},"__proto__":{"occupied":false}}}',
    ],
    ['nothing', '{"channels":{"presence-one":{},"two":{},"__proto__":{}}}'],
  ])('tells %s of every channel when asked for it', async (info, json) => {
    const world = newRestWorld();
    await listening(world, 'presence-one', ['a', '{"user_id":1}'], ['b', '{"user_id":1}']);
    await listening(world, 'two', ['a']);

    const body = event({ channels: ['presence-one', 'two', '__proto__'], info });

    expect(await ask(world, 'POST', '/events', { body })).toEqual([200, json]);
  });

  it.each(['', 'null', '[]', '{'])('with the body %j is refused with 400', async (body) => {
    const world = newRestWorld();

    expect(await ask(world, 'POST', '/events', { body })).toEqual([400, 'Bad request.']);
    expect(await ask(world, 'POST', '/batch_events', { body })).toEqual([400, 'Bad request.']);

    world.log.assertStored();
  });

  it('that is not complete is refused with 422 and messages by field', async () => {
    const world = newRestWorld();

    const body = event({ name: undefined, data: 7 });
    const [status, text] = await ask(world, 'POST', '/events', { body });

    expect(status).toBe(422);
    expect(JSON.parse(text)).toEqual({
      name: ['The name field is required.'],
      data: ['The data field must be a string.'],
    });
    world.log.assertStored();
  });

  it.each([
    ['data', event({ data: 'x'.repeat(limits.maxEventDataBytes + 1) })],
    ['a frame that its quotes make too large', event({ data: '"'.repeat(70_000) })],
  ])('with %s beyond its size is refused with 413, alone and in a batch', async (_, large) => {
    const world = newRestWorld();
    const key = { idempotencyKey: 'key' };

    expect(await ask(world, 'POST', '/events', { body: large, ...key })).toEqual([413, 'Payload too large.']);
    const body = { batch: [event(), large] };
    expect(await ask(world, 'POST', '/batch_events', { body })).toEqual([413, 'Payload too large.']);

    world.log.assertStored();
    world.idempotency.assertBegun();
  });
});

describe('publishing a batch', () => {
  it('stores its events in their order and answers an object', async () => {
    const world = newRestWorld();
    const batch = [
      event({ name: 'first' }),
      event({ channel: 'two', socket_id: '1.2' }),
      event({ name: 'third' }),
    ];

    expect(await ask(world, 'POST', '/batch_events', { body: { batch } })).toEqual([200, '{"batch":{}}']);

    world.log.assertStored(
      stored('one', { event: 'first' }),
      stored('two', { socketId: '1.2' }),
      stored('one', { event: 'third' }),
    );
  });

  it('tells of each what it asks for, in their order', async () => {
    const world = newRestWorld();
    await listening(world, 'presence-test-channel', ['a', '{"user_id":1}']);
    await listening(world, 'two', ['b']);
    const asking = (channel: string, info?: string) => event({ channel, info });

    const all = [
      asking('presence-test-channel', 'user_count'),
      asking('two', 'subscription_count'),
      asking('two', 'subscription_count,user_count'),
      asking('presence-test-channel', 'user_count'),
    ];
    expect(await ask(world, 'POST', '/batch_events', { body: { batch: all } })).toEqual([
      200,
      '{"batch":[{"user_count":1},{"subscription_count":1},{"subscription_count":1},{"user_count":1}]}',
    ]);
    const some = [asking('one'), asking('presence-test-channel', 'user_count'), asking('two')];
    expect(await ask(world, 'POST', '/batch_events', { body: { batch: some } })).toEqual([
      200,
      '{"batch":[{},{"user_count":1},{}]}',
    ]);
  });

  it('stores nothing of it when one of its events is wrong', async () => {
    const world = newRestWorld();

    const batch = [event(), event({ channel: 'a b' })];
    const [status, text] = await ask(world, 'POST', '/batch_events', { body: { batch } });

    expect(status).toBe(422);
    expect(Object.keys(JSON.parse(text))).toEqual(['batch.1.channel']);
    world.log.assertStored();
  });
});

describe('a request with an idempotency key', () => {
  it.each([
    ['in its header', { body: event(), idempotencyKey: 'order-7' }],
    ['in its body', { body: event({ idempotency_key: 'order-7' }) }],
    [
      'in both, of which the header counts',
      {
        body: event({ idempotency_key: 'order-8' }),
        idempotencyKey: 'order-7',
      },
    ],
  ])('%s is stored once, however often it comes, and answered the same', async (_, asked) => {
    const world = newRestWorld();

    for (let round = 0; round < 3; round++) {
      expect(await ask(world, 'POST', '/events', asked)).toEqual([200, '{}']);
      await world.clock.sleep(60_000);
    }

    world.log.assertStored(stored('one'));
    world.idempotency.assertBegun('order-7');
  });

  it('of a batch is stored once', async () => {
    const world = newRestWorld();
    const asked = { body: { batch: [event(), event()] }, idempotencyKey: 'order-7' };

    for (let round = 0; round < 2; round++) {
      expect(await ask(world, 'POST', '/batch_events', asked)).toEqual([200, '{"batch":{}}']);
    }

    world.log.assertStored(stored('one'), stored('one'));
  });

  it('is mended by its repetition when it could not be stored at first', async () => {
    const world = newRestWorld();
    const asked = { body: event(), idempotencyKey: 'order-7' };
    world.log.failure = new Error('gone between record and rows');
    expect(await ask(world, 'POST', '/events', asked)).toMatchObject({ 0: 500 });
    world.idempotency.assertBegun('order-7');

    world.log.failure = undefined;
    expect(await ask(world, 'POST', '/events', asked)).toEqual([200, '{}']);
    expect(await ask(world, 'POST', '/events', asked)).toEqual([200, '{}']);

    world.log.assertStored(stored('one'));
  });

  it.each([
    ['other data', '/events', event({ data: '2' })],
    ['another channel', '/events', event({ channel: 'two' })],
    ['another event', '/events', event({ name: 'deleted' })],
    ['another socket left out', '/events', event({ socket_id: '1.2' })],
    ['another question', '/events', event({ info: 'occupied' })],
    ['another path', '/batch_events', { batch: [event()] }],
  ])('is refused when the key was used for %s', async (_, path, body) => {
    const world = newRestWorld();
    await ask(world, 'POST', '/events', { body: event(), idempotencyKey: 'order-7' });

    const [status, text] = await ask(world, 'POST', path, { body, idempotencyKey: 'order-7' });

    expect(status).toBe(422);
    expect(JSON.parse(text)).toEqual({
      idempotency_key: [expect.stringMatching(/used for another request/)],
    });
    world.log.assertStored(stored('one'));
  });

  it('is the same when only the writing of its JSON differs', async () => {
    const world = newRestWorld();
    const { name, channel, data } = event();

    for (const body of [
      { name, channel, data },
      { data, channels: [channel], name, idempotency_key: 'x' },
    ]) {
      const asked = { body: JSON.stringify(body, null, 2), idempotencyKey: 'order-7' };
      expect(await ask(world, 'POST', '/events', asked)).toEqual([200, '{}']);
    }

    world.log.assertStored(stored('one'));
  });

  it('is told the counts of its own time', async () => {
    const world = newRestWorld();
    const asked = { body: event({ info: 'subscription_count' }), idempotencyKey: 'order-7' };
    expect(await ask(world, 'POST', '/events', asked)).toEqual([200, '{"channels":{"one":{}}}']);

    await listening(world, 'one', ['a']);

    expect(await ask(world, 'POST', '/events', asked)).toEqual([
      200,
      '{"channels":{"one":{"subscription_count":1}}}',
    ]);
    world.log.assertStored(stored('one'));
  });
});
