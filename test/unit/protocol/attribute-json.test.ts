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
    ['no object', 'text', 'data contains what is not a DynamoDB attribute value', 'data'],
    ['two types', { S: 'a', N: '1' }, 'data contains what is not a DynamoDB attribute value', 'data'],
    ['an unknown type', { X: 'a' }, 'data contains an attribute of an unknown DynamoDB type', 'data'],
    [
      'a type from the prototype of objects',
      { constructor: 'a' },
      'data contains an attribute of an unknown DynamoDB type',
      'data',
    ],
    [
      'a number JSON has no digits for',
      { N: 'NaN' },
      'data contains a number attribute whose value JSON cannot write',
      'data',
    ],
    [
      'a wrong value deep inside',
      { M: { a: { L: [{ S: 1 }] } } },
      'data contains a string attribute without a string',
      'data.a[0]',
    ],
    ['a map without members', { M: null }, 'data contains a map attribute without a map', 'data'],
    ['a list without items', { L: {} }, 'data contains a list or set attribute without a list', 'data'],
  ])('refuses %s, and tells what from where', (_, attribute, message, place) => {
    const refused = { name: 'NotAnAttributeValue', message, place };
    expect(() => jsonTextOf(attribute)).toThrow(expect.objectContaining(refused));
    expect(() => jsonTextOf(attribute)).toThrow(NotAnAttributeValue);
  });
});
