import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberOf, readMember, userIdTextOf } from '../../../lambdas/protocol/member.ts';
import { anyText } from '../any-text.ts';

const limits = { maxUserInfoBytes: 20 };

describe('the channel data of a member', () => {
  it.each([
    ['a number', '{"user_id":7,"user_info":{"name":"Ana"}}', '7'],
    ['a string', '{"user_id":"7"}', '7'],
    ['zero', '{"user_id":0}', '0'],
    ['a name of objects', '{"user_id":"__proto__","user_info":null}', '__proto__'],
    ['as long as it may be', `{"user_id":"${'x'.repeat(128)}"}`, 'x'.repeat(128)],
  ])('names its user by %s, and is kept as it is', (_, channelData, userId) => {
    expect(readMember(channelData, limits)).toEqual({ userId, channelData });
  });

  it.each([
    ['no JSON', 'x', /JSON object/],
    ['an array', '[]', /JSON object/],
    ['null', 'null', /JSON object/],
    ['no user_id', '{"user_info":{}}', /user_id/],
    ['a user_id inherited by name only', '{"__proto__":{"user_id":1}}', /user_id/],
    ['an empty user_id', '{"user_id":""}', /user_id/],
    ['a user_id that is null', '{"user_id":null}', /user_id/],
    ['a user_id that is an object', '{"user_id":{}}', /user_id/],
    ['a user_id that is true', '{"user_id":true}', /user_id/],
    ['a fraction', '{"user_id":1.5}', /user_id/],
    ['a number too large to be told from its neighbour', '{"user_id":9007199254740993}', /user_id/],
    ['a user_id beyond its length', `{"user_id":"${'x'.repeat(129)}"}`, /user_id/],
    ['half of a surrogate pair', '{"user_id":"\\ud800"}', /user_id/],
    ['too much user_info', `{"user_id":1,"user_info":"${'ñ'.repeat(10)}"}`, /22 bytes as JSON; at most 20/],
  ])('is none with %s', (_, channelData, problem) => {
    expect(readMember(channelData, limits)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('is read or refused in words that quote nothing of it, whatever it is', () => {
    const texts = fc.oneof(
      anyText,
      fc.json(),
      fc.record({ user_id: fc.jsonValue(), user_info: fc.jsonValue() }).map((data) => JSON.stringify(data)),
    );
    fc.assert(
      fc.property(texts, (channelData) => {
        const reading = readMember(channelData, limits);
        if ('problem' in reading) {
          expect(reading.problem).toMatch(/^(?:channel_data must|The user_info of channel_data has) /);
        } else expect(JSON.parse(userIdTextOf(reading)).toString()).toBe(reading.userId);
      }),
    );
  });
});

describe('a member known by its id only', () => {
  it('has that as its channel data', () => {
    expect(memberOf('a"b')).toEqual({ userId: 'a"b', channelData: '{"user_id":"a\\"b"}' });
  });
});
