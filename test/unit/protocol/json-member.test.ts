import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memberTextOf } from '../../../lambdas/protocol/json-member.ts';
import { anyText } from '../any-text.ts';

describe('the text of a member', () => {
  it.each([
    [
      'a number with more digits than a number has',
      '{"data":12345678901234567890.10}',
      '12345678901234567890.10',
    ],
    ['an object as it was spaced', '{ "data" : { "a" : [1, 2] } , "b":3}', '{ "a" : [1, 2] }'],
    ['a string with what ends values in it', '{"data":"}],\\"{"}', '"}],\\"{"'],
    ['the last of several', '{"data":1,"data":2}', '2'],
    ['one whose name is escaped', '{"d\\u0061ta":1}', '1'],
    ['one behind others', '{"a":{"data":1},"b":["data"],"data":null}', 'null'],
    ['none', '{"a":{"data":1}}', undefined],
    ['none of an empty object', ' { } ', undefined],
  ])('is %s', (_, json, text) => expect(memberTextOf(json, 'data')).toBe(text));

  it('means what the member means, whatever the object', () => {
    const names = fc.oneof(fc.constantFrom('data', '__proto__', '', '"', '\\'), anyText);
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.jsonValue())), fc.nat(4), names, (members, indent, other) => {
        const object = Object.fromEntries(members);
        const json = JSON.stringify(object, undefined, indent);
        for (const name of [...Object.keys(object), other]) {
          const text = memberTextOf(json, name);
          const parsed: unknown = text === undefined ? undefined : JSON.parse(text);
          expect(JSON.stringify(parsed)).toBe(
            Object.hasOwn(object, name) ? JSON.stringify(object[name]) : undefined,
          );
        }
      }),
    );
  });
});
