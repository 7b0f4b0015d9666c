import { describe, expect, it } from 'vitest';
import { jsonTextOf, NotAnAttributeValue } from '../../../lambdas/protocol/attribute-json.ts';

describe('the JSON text of an attribute', () => {
  it.each([
    ['a string', { S: 'say "ñ"\n' }, '"say \\"ñ\\"\\n"'],
    ['an empty string', { S: '' }, '""'],
    ['a whole number', { N: '150' }, '150'],
    ['a fraction', { N: '150.5' }, '150.5'],
    [
      'a number of 38 digits',
      { N: '12345678901234567890123456789012345678' },
      '12345678901234567890123456789012345678',
    ],
    ['a negative exponent', { N: '-1.5E-130' }, '-1.5E-130'],
    ['true', { BOOL: true }, 'true'],
    ['false', { BOOL: false }, 'false'],
    ['null', { NULL: true }, 'null'],
    ['binary as Lambda gives it', { B: 'AQID' }, '"AQID"'],
    ['binary as the SDK gives it', { B: new Uint8Array([1, 2, 3]) }, '"AQID"'],
    ['an empty map', { M: {} }, '{}'],
    ['an empty list', { L: [] }, '[]'],
    ['a set of strings', { SS: ['a', 'b'] }, '["a","b"]'],
    ['a set of numbers', { NS: ['1', '2.50'] }, '[1,2.50]'],
    ['a set of binaries', { BS: ['AQ==', 'Ag=='] }, '["AQ==","Ag=="]'],
    [
      'whatever is nested',
      { M: { 'a"b': { L: [{ N: '1' }, { M: { c: { NULL: true } } }] }, d: { S: 'e' } } },
      '{"a\\"b":[1,{"c":null}],"d":"e"}',
    ],
  ])('writes %s', (_, attribute, text) => {
    expect(jsonTextOf(attribute)).toBe(text);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  it('keeps a member named __proto__', () => {
    expect(jsonTextOf(JSON.parse('{"M":{"__proto__":{"N":"1"}}}'))).toBe('{"__proto__":1}');
  });

  it.each([
    ['no object', 'text', 'data is not a DynamoDB attribute value'],
    ['two types', { S: 'a', N: '1' }, 'data is not a DynamoDB attribute value'],
    ['an unknown type', { X: 'a' }, 'data has the unknown DynamoDB type X'],
    [
      'a type from the prototype of objects',
      { constructor: 'a' },
      'data has the unknown DynamoDB type constructor',
    ],
    [
      'a number JSON has no digits for',
      { N: 'NaN' },
      'data is a number attribute, but JSON cannot write its value',
    ],
    [
      'a wrong value deep inside',
      { M: { a: { L: [{ S: 1 }] } } },
      'data.a[0] is a string attribute without a string',
    ],
    ['a map without members', { M: null }, 'data is a map attribute without a map'],
    ['a list without items', { L: {} }, 'data is a list or set attribute without a list'],
  ])('refuses %s', (_, attribute, reason) => {
    expect(() => jsonTextOf(attribute)).toThrow(new NotAnAttributeValue(reason));
  });
});
