import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelNameProblem, channelOfUser } from '../../../lambdas/protocol/channel.ts';
import { particularErrors } from '../../../lambdas/protocol/protocol-error.ts';
import { readUserData } from '../../../lambdas/protocol/user-data.ts';
import { anyText } from '../any-text.ts';

describe('the data of a user who signs in', () => {
  it.each([
    ['an id', { id: 'ana', user_info: {} }, { id: 'ana', watchlist: [] }],
    ['an id of digits', { id: '7' }, { id: '7', watchlist: [] }],
    ['an id that objects know', { id: '__proto__' }, { id: '__proto__', watchlist: [] }],
    [
      'whom it watches, each once',
      { id: 'ana', watchlist: ['b', 'c', 'b'] },
      { id: 'ana', watchlist: ['b', 'c'] },
    ],
    ['nobody whom it watches', { id: 'ana', watchlist: null }, { id: 'ana', watchlist: [] }],
    [
      'as many as it may watch',
      { id: 'ana', watchlist: Array.from({ length: 100 }, (_, index) => `u${index}`) },
      { id: 'ana', watchlist: Array.from({ length: 100 }, (_, index) => `u${index}`) },
    ],
  ])('is %s', (_, data, user) => {
    expect(readUserData(JSON.stringify(data))).toEqual(user);
  });

  it.each([
    ['no id', '{}'],
    ['an id inherited by name only', '{"__proto__":{"id":"ana"}}'],
    ['an empty id', '{"id":""}'],
    ['an id that is a number, which pusher-js does not take', '{"id":7}'],
  ])('is refused with %s, in the words of Soketi', (_, data) => {
    expect(readUserData(data)).toEqual({ error: particularErrors.userWithoutId });
  });

  it.each([
    ['an id with a space', { id: 'a b' }, /^The id of the user/],
    ['an id too long for its channel', { id: 'x'.repeat(185) }, /^The id of the user/],
    ['a watchlist that is a text', { id: 'ana', watchlist: 'ben' }, /^The watchlist .* at most 100/],
    ['a watchlist of numbers', { id: 'ana', watchlist: [7] }, /^The watchlist/],
    ['an id nobody can have on its watchlist', { id: 'ana', watchlist: ['a b'] }, /^The watchlist/],
    ['too many on its watchlist', { id: 'ana', watchlist: Array(101).fill('ben') }, /^The watchlist/],
  ])('is refused with %s', (_, data, message) => {
    expect(readUserData(JSON.stringify(data))).toEqual({
      error: { code: 4009, message: expect.stringMatching(message) },
    });
  });

  it('has an id of which the name of a channel can be made, or is refused, whatever it is', () => {
    const data = fc.record({ id: fc.oneof(anyText, fc.jsonValue()), watchlist: fc.jsonValue() });
    fc.assert(
      fc.property(data, (given) => {
        const user = readUserData(JSON.stringify(given));
        if (!('error' in user)) expect(channelNameProblem(channelOfUser(user.id), 200)).toBeUndefined();
      }),
    );
  });
});
