import { describe, expect, it } from 'vitest';
import { ask, listening, newRestWorld } from './rest-world.ts';
import { NOW } from './world.ts';

const channel = 'presence-test-channel';
const path = `/channels/${channel}/users`;

describe('the users of a presence channel', () => {
  it.each<[string, string[], string]>([
    [
      'in the order in which they came',
      ['{"user_id":1,"user_info":{"name":"Taylor"}}', '{"user_id":2}', '{"user_id":3}'],
      '{"users":[{"id":1},{"id":2},{"id":3}]}',
    ],
    [
      'each once, where it came first',
      ['{"user_id":3}', '{"user_id":2}', '{"user_id":3}'],
      '{"users":[{"id":3},{"id":2}]}',
    ],
    [
      'in the type in which their ids came',
      ['{"user_id":"b"}', '{"user_id":7}', '{"user_id":"8"}'],
      '{"users":[{"id":"b"},{"id":7},{"id":"8"}]}',
    ],
  ])('are listed %s', async (_, members, json) => {
    const world = newRestWorld();
    await listening(world, channel, ...members.map((data, index) => [`c${index}`, data] as const));

    expect(await ask(world, 'GET', path)).toEqual([200, json]);
  });

  it('come with their info for whoever asks for it', async () => {
    const world = newRestWorld();
    await listening(
      world,
      channel,
      ['a', '{"user_id":1,"user_info":{"price": 1.0}}'],
      ['b', '{"user_id":2}'],
    );

    expect(await ask(world, 'GET', path, { query: { with_user_info: '1' } })).toEqual([
      200,
      '{"users":[{"id":1,"user_info":{"price": 1.0}},{"id":2}]}',
    ]);
    expect(await ask(world, 'GET', path, { query: { with_user_info: '0' } })).toEqual([
      200,
      '{"users":[{"id":1},{"id":2}]}',
    ]);
  });

  it('are there still while they may come back', async () => {
    const world = newRestWorld();
    await listening(world, channel, ['a', '{"user_id":1}']);
    await world.subscriptions.unsubscribe('a', channel, NOW);

    expect(await ask(world, 'GET', path)).toEqual([200, '{"users":[{"id":1}]}']);
  });

  it.each([
    ['nobody is on', channel, 404],
    ['has no members, but listeners', 'test-channel', 400],
    ['has neither', 'another-channel', 404],
    ['cannot be', 'presence-a b', 404],
    ['is too long to be', `presence-${'x'.repeat(3000)}`, 404],
  ])('are none of a channel that %s', async (_, name, status) => {
    const world = newRestWorld();
    await listening(world, 'test-channel', ['a']);

    expect(await ask(world, 'GET', `/channels/${name}/users`)).toEqual([status, '{}']);
  });

  it.each(['presence-a b', `presence-${'x'.repeat(3000)}`, 'a b'])(
    'are not even looked up of what cannot be a channel: %s',
    async (name) => {
      const fails = () => Promise.reject();
      const world = newRestWorld();
      const blind = { ...world, occupancy: { countsOf: fails }, presence: { membersOf: fails } };

      expect(await ask(blind as never, 'GET', `/channels/${name}/users`)).toEqual([404, '{}']);
    },
  );
});
