import { describe, expect, it } from 'vitest';
import {
  compileQueueFilters,
  compileStreamFilters,
} from '../../../local/runtime/event-sources/filter-criteria.ts';

const insert = {
  eventName: 'INSERT',
  dynamodb: {
    Keys: { pk: { S: 'connection#a=' }, sk: { S: 'connection' } },
    NewImage: {
      sk: { S: 'connection' },
      note: { S: '' },
      gone: { NULL: true },
      count: { N: '101' },
      tags: { SS: ['red', 'green'] },
      list: { L: [{ M: { a: { S: '1' }, b: { S: '2' } } }, { M: { a: { S: '3' }, b: { S: '4' } } }] },
    },
    SizeBytes: 26,
  },
  userIdentity: null,
};
const image = (attribute: string, value: unknown) => ({ dynamodb: { NewImage: { [attribute]: value } } });

const passes = (record: object, ...patterns: object[]) =>
  compileStreamFilters(patterns.map((pattern) => JSON.stringify(pattern)))(record);

describe('filter criteria of a stream', () => {
  it.each([
    ['no value differs', { eventName: ['INSERT'] }, true],
    ['one of several values', { eventName: ['REMOVE', 'INSERT'] }, true],
    ['no such value', { eventName: ['REMOVE'] }, false],
    ['letters of another case', { eventName: ['insert'] }, false],
    ['all keys match', { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: ['connection'] } } } }, true],
    ['one key does not', { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: ['other'] } } } }, false],
    ['a key that the record has not', { dynamodb: { OldImage: { sk: { S: ['connection'] } } } }, false],
    ['a number of DynamoDB as text', image('count', { N: ['101'] }), true],
    ['a number of DynamoDB as a number', image('count', { N: [101] }), false],
    ['numeric on a number of DynamoDB', image('count', { N: [{ numeric: ['=', 101] }] }), false],
    [
      'numeric on a number of the record',
      { dynamodb: { SizeBytes: [{ numeric: ['>', 25, '<=', 26] }] } },
      true,
    ],
    ['numeric beyond a bound', { dynamodb: { SizeBytes: [{ numeric: ['>', 26] }] } }, false],
    ['numeric equality', { dynamodb: { SizeBytes: [{ numeric: ['=', 26] }] } }, true],
    ['the empty string', image('note', { S: [''] }), true],
    ['null', { userIdentity: [null] }, true],
    ['null where there is nothing', { nothing: [null] }, false],
    ['null where there is a value', { eventName: [null] }, false],
    ['true', image('gone', { NULL: [true] }), true],
    ['prefix', { dynamodb: { Keys: { pk: { S: [{ prefix: 'connection#' }] } } } }, true],
    ['prefix of something else', { dynamodb: { Keys: { pk: { S: [{ prefix: 'channel#' }] } } } }, false],
    ['suffix', { dynamodb: { Keys: { pk: { S: [{ suffix: 'a=' }] } } } }, true],
    ['suffix of something else', { dynamodb: { Keys: { pk: { S: [{ suffix: 'b=' }] } } } }, false],
    ['equals-ignore-case', { eventName: [{ 'equals-ignore-case': 'iNSERT' }] }, true],
    ['anything-but of another value', { eventName: [{ 'anything-but': ['REMOVE', 'MODIFY'] }] }, true],
    ['anything-but of the value', { eventName: [{ 'anything-but': 'INSERT' }] }, false],
    ['anything-but where there is nothing', { nothing: [{ 'anything-but': 'x' }] }, false],
    ['exists on a leaf', image('note', { S: [{ exists: true }] }), true],
    ['exists on what is no leaf', image('note', [{ exists: true }]), false],
    ['exists false where there is nothing', image('other', { S: [{ exists: false }] }), true],
    ['exists false below nothing', { dynamodb: { OldImage: { sk: { S: [{ exists: false }] } } } }, true],
    ['exists false on a leaf', image('note', { S: [{ exists: false }] }), false],
    ['one element of a set', image('tags', { SS: ['green'] }), true],
    ['no element of a set', image('tags', { SS: ['blue'] }), false],
    ['one object of a list', image('list', { L: { M: { a: { S: ['3'] }, b: { S: ['4'] } } } }), true],
    ['two objects of a list', image('list', { L: { M: { a: { S: ['1'] }, b: { S: ['4'] } } } }), false],
    ['a value or an operator', { eventName: ['REMOVE', { prefix: 'INS' }] }, true],
    ['$or', { $or: [{ eventName: ['REMOVE'] }, { dynamodb: { SizeBytes: [26] } }] }, true],
    [
      '$or of which none matches',
      { $or: [{ eventName: ['REMOVE'] }, { dynamodb: { SizeBytes: [27] } }] },
      false,
    ],
    ['$or beside a key', { eventName: ['REMOVE'], $or: [{ eventName: ['INSERT'] }, { x: ['y'] }] }, false],
    [
      '$or further in',
      { dynamodb: { $or: [{ SizeBytes: [1] }, { Keys: { sk: { S: ['connection'] } } }] } },
      true,
    ],
    ['a key that every object inherits', { toString: [{ exists: true }] }, false],
  ])('match %s', (_, pattern, expected) => {
    expect(passes(insert, pattern)).toBe(expected);
  });

  it('let everything through when there is none', () => {
    expect(passes(insert)).toBe(true);
  });

  it('let through what one of several matches', () => {
    expect(passes(insert, { eventName: ['REMOVE'] }, { eventName: ['INSERT'] })).toBe(true);
    expect(passes(insert, { eventName: ['REMOVE'] }, { eventName: ['MODIFY'] })).toBe(false);
  });

  it('know the recipe for deletions by time to live', () => {
    const pattern = { userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] } };
    const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

    expect(passes({ eventName: 'REMOVE', userIdentity }, pattern)).toBe(true);
    expect(passes({ eventName: 'REMOVE' }, pattern)).toBe(false);
  });

  it.each([
    ['an unknown operator', '{"a":[{"wildcard":"x*"}]}', /operator "wildcard".*supported are exists, prefix/],
    ['an operator of a prefix', '{"a":[{"prefix":{"equals-ignore-case":"x"}}]}', /operand.*"prefix"/],
    [
      'an operator of anything-but',
      '{"a":{"b":[{"anything-but":{"prefix":"x"}}]}}',
      /a\.b has.*"anything-but"/,
    ],
    ['two operators in one object', '{"a":[{"prefix":"x","suffix":"y"}]}', /one operator/],
    ['a value that is no list', '{"a":"x"}', /a is "x"; expected a list/],
    ['an empty list', '{"a":[]}', /expected a list of values/],
    ['an empty pattern', '{}', /empty object/],
    ['a list in a list', '{"a":[["x"]]}', /expected values and operators/],
    ['an $or of one', '{"$or":[{"a":["x"]}]}', /two or more/],
    ['numeric with an unknown comparison', '{"a":[{"numeric":["!=",1]}]}', /operand/],
    ['numeric with half a comparison', '{"a":[{"numeric":[">"]}]}', /operand/],
    ['exists with a text', '{"a":[{"exists":"true"}]}', /operand/],
    ['a number in scientific notation', '{"a":[3.0e2]}', /writes a number as 3.0e2; expected 300/],
    ['no JSON', '{a}', /not JSON/],
    ['a list', '[1]', /not a JSON object/],
  ])('refuse %s', (_, pattern, sentence) => {
    expect(() => compileStreamFilters([pattern])).toThrow(sentence);
    expect(() => compileStreamFilters([pattern])).toThrow('Invalid filter pattern definition.');
  });

  it('take digits in texts for what they are', () => {
    expect(() => compileStreamFilters(['{"a":["3.0e2 \\" 1.0"]}'])).not.toThrow();
  });

  it('are five at most', () => {
    const filter = '{"a":["x"]}';
    expect(() => compileStreamFilters(Array.from({ length: 6 }, () => filter))).toThrow('has 6 filters');
    expect(() => compileStreamFilters(Array.from({ length: 5 }, () => filter))).not.toThrow();
  });
});

describe('filter criteria of a queue', () => {
  const passesMessage = (body: string, pattern: object) =>
    compileQueueFilters([JSON.stringify(pattern)])({
      body,
      messageAttributes: { kind: { stringValue: 'x' } },
    });

  it.each([
    ['JSON and a pattern for JSON', '{"a":{"b":1}}', { body: { a: { b: [1] } } }, true],
    ['other JSON', '{"a":{"b":2}}', { body: { a: { b: [1] } } }, false],
    ['a number in the body', '{"price":150.5}', { body: { price: [{ numeric: ['>', 100] }] } }, true],
    ['text and a pattern for text', 'expired', { body: ['expired'] }, true],
    ['other text', 'renewed', { body: ['expired'] }, false],
    ['text and a pattern for JSON', 'expired', { body: { a: [{ exists: false }] } }, false],
    ['JSON and a pattern for text', '{"a":1}', { body: ['{"a":1}'] }, false],
    ['a pattern without body', 'expired', { messageAttributes: { kind: { stringValue: ['x'] } } }, true],
    [
      'a pattern without body that does not match',
      '{}',
      { messageAttributes: { kind: { stringValue: ['y'] } } },
      false,
    ],
  ])('match %s', (_, body, pattern, expected) => {
    expect(passesMessage(body, pattern)).toBe(expected);
  });
});
