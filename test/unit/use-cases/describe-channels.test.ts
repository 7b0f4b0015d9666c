import { describe, expect, it } from 'vitest';
import { ask, listening, newRestWorld, type RestWorld } from './rest-world.ts';
import { NOW, NOW_IN_SECONDS } from './world.ts';

async function occupiedWorld(): Promise<RestWorld> {
  const world = newRestWorld();
  await listening(world, 'test-channel-one', ['a'], ['b']);
  await listening(world, 'presence-test-channel-two', ['a', '{"user_id":1}'], ['b', '{"user_id":1}']);
  await listening(world, '#server-to-user-7', ['a']);
  return world;
}

const keep = (world: RestWorld, channel: string) =>
  world.cache.keep(channel, {
    frame: `{"event":"a","data":"{\\"some\\": 1.0}","channel":"${channel}"}`,
    sequenceNumber: '1',
    expiresAt: NOW_IN_SECONDS + 60,
  });

describe('the list of channels', () => {
  it.each<[Record<string, string>, string]>([
    [{}, '{"channels":{"test-channel-one":{},"presence-test-channel-two":{}}}'],
    [
      { info: 'user_count' },
      '{"channels":{"test-channel-one":{},"presence-test-channel-two":{"user_count":1}}}',
    ],
    [
      { info: 'subscription_count' },
      '{"channels":{"test-channel-one":{"subscription_count":2},"presence-test-channel-two":{}}}',
    ],
    [
      { filter_by_prefix: 'presence-', info: 'user_count' },
      '{"channels":{"presence-test-channel-two":{"user_count":1}}}',
    ],
    [{ filter_by_prefix: 'test-channel-one' }, '{"channels":{"test-channel-one":{}}}'],
    [{ filter_by_prefix: 'nothing' }, '{"channels":{}}'],
    [{ filter_by_prefix: 'a b' }, '{"channels":{}}'],
    [{ filter_by_prefix: 'x'.repeat(2000) }, '{"channels":{}}'],
    [{ filter_by_prefix: '#' }, '{"channels":{"#server-to-user-7":{}}}'],
    [
      { filter_by_prefix: '#server-to-user-', info: 'subscription_count' },
      '{"channels":{"#server-to-user-7":{"subscription_count":1}}}',
    ],
  ])('for %j is as Reverb has it', async (query, json) => {
    expect(await ask(await occupiedWorld(), 'GET', '/channels', { query })).toEqual([200, json]);
  });

  it.each(['a b', 'x'.repeat(2000), '##'])(
    'takes nothing to be looked up for the prefix %s',
    async (prefix) => {
      const world = { ...newRestWorld(), occupancy: {} as never };

      const asked = { query: { filter_by_prefix: prefix } };
      expect(await ask(world, 'GET', '/channels', asked)).toEqual([200, '{"channels":{}}']);
    },
  );

  it('takes no counts that nobody has asked for', async () => {
    const world = await occupiedWorld();
    world.occupancy.countsOf = () => Promise.reject(new Error('counted'));

    for (const query of [{}, { info: 'cache' }, { filter_by_prefix: 'test-', info: 'user_count' }]) {
      expect(await ask(world, 'GET', '/channels', { query })).toMatchObject({ 0: 200 });
    }
  });

  it('is an object when there are none', async () => {
    expect(await ask(newRestWorld(), 'GET', '/channels')).toEqual([200, '{"channels":{}}']);
  });

  it('is read to its last page', async () => {
    const world = newRestWorld();
    world.occupancy.pageSize = 2;
    const channels = Array.from({ length: 40 }, (_, index) => `c${index}`);
    for (const [index, channel] of channels.entries()) await listening(world, channel, [`x${index}`]);

    const [, body] = await ask(world, 'GET', '/channels', { query: { info: 'subscription_count' } });

    expect(JSON.parse(body).channels).toEqual(
      Object.fromEntries(channels.map((channel) => [channel, { subscription_count: 1 }])),
    );
  });

  it('is without those that are empty for the moment, and tells no count of one that has just become so', async () => {
    const world = await occupiedWorld();
    await world.occupancy.empty('presence-test-channel-two', NOW);
    for (const each of ['a', 'b']) await world.subscriptions.unsubscribe(each, 'test-channel-one', NOW);

    const asked = { query: { info: 'subscription_count' } };
    expect(await ask(world, 'GET', '/channels', asked)).toEqual([
      200,
      '{"channels":{"test-channel-one":{}}}',
    ]);
  });
});

describe('what is told of one channel', () => {
  const info = 'user_count,subscription_count,cache';

  it.each<[string, Record<string, string>, string]>([
    ['test-channel-one', { info }, '{"occupied":true,"subscription_count":2}'],
    ['test-channel-one', {}, '{"occupied":true}'],
    ['test-channel-one', { info: 'cache' }, '{"occupied":true}'],
    ['presence-test-channel-two', { info }, '{"occupied":true,"user_count":1}'],
    ['#server-to-user-7', { info }, '{"occupied":true,"subscription_count":1}'],
    ['nobody-there', { info }, '{"occupied":false}'],
    ['presence-nobody', { info }, '{"occupied":false}'],
    ['no channel', { info }, '{"occupied":false}'],
    ['x'.repeat(3000), { info }, '{"occupied":false}'],
  ])('of %s for %j is as Reverb has it', async (channel, query, json) => {
    expect(await ask(await occupiedWorld(), 'GET', `/channels/${channel}`, { query })).toEqual([200, json]);
  });

  it('is the last event of a cache channel, as it was sent, while nobody is there too', async () => {
    const world = newRestWorld();
    await keep(world, 'cache-one');
    const cache = '{"event":"a","data":"{\\"some\\": 1.0}","channel":"cache-one"}';
    const asked = { query: { info: 'subscription_count,cache' } };

    expect(await ask(world, 'GET', '/channels/cache-one', asked)).toEqual([
      200,
      `{"occupied":false,"cache":${cache}}`,
    ]);
    await listening(world, 'cache-one', ['a']);
    expect(await ask(world, 'GET', '/channels/cache-one', asked)).toEqual([
      200,
      `{"occupied":true,"subscription_count":1,"cache":${cache}}`,
    ]);
    await world.clock.sleep(60_000);
    expect(await ask(world, 'GET', '/channels/cache-one', asked)).toEqual([
      200,
      '{"occupied":true,"subscription_count":1}',
    ]);
  });

  it('is a failure when it cannot be looked up', async () => {
    const world = newRestWorld();
    world.cache.failures.push(new Error('throttled'));

    expect(await ask(world, 'GET', '/channels/cache-one', { query: { info: 'cache' } })).toEqual([
      500,
      'Internal server error.',
    ]);
  });

  it.each(['no channel', 'x'.repeat(3000), 'presence-%41'])(
    'takes nothing to be looked up of what cannot be one: %s',
    async (channel) => {
      const world = { ...newRestWorld(), occupancy: { countsOf: () => Promise.reject() } as never };

      expect(await ask(world, 'GET', `/channels/${channel}`)).toEqual([200, '{"occupied":false}']);
    },
  );
});

describe('the number of connections', () => {
  it('is that of the open ones, however many channels each is on', async () => {
    const world = await occupiedWorld();

    expect(await ask(world, 'GET', '/connections')).toEqual([200, '{"connections":2}']);
    expect(await ask(newRestWorld(), 'GET', '/connections')).toEqual([200, '{"connections":0}']);
  });
});
