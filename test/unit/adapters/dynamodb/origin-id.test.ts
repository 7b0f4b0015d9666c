import { decodeTime, isValid } from 'ulid';
import { describe, expect, it } from 'vitest';
import { idOfOrigin } from '../../../../lambdas/adapters/dynamodb/origin-id.ts';

const origin = { at: 1_764_000_000_123, seed: 'seed' };

describe('the id of a row that comes from an origin', () => {
  it('is always the same', () => {
    expect(idOfOrigin(origin, 0)).toBe('01KAV9FT3VG2R11Q16Y9B8R000');
    expect(idOfOrigin(origin, 65_535)).toBe('01KAV9FT3VG2R11Q16Y9B8SZZZ');
  });

  it('is a ULID of the time of its origin', () => {
    const id = idOfOrigin(origin, 7);
    expect(isValid(id)).toBe(true);
    expect(decodeTime(id)).toBe(origin.at);
  });

  it('ascends with the place of the row', () => {
    const places = [0, 1, 31, 32, 255, 256, 4_095, 4_096, 65_535];
    const ids = places.map((index) => idOfOrigin(origin, index));
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(places.length);
  });

  it('is another for another seed and for another time', () => {
    const ids = [origin, { ...origin, seed: 'other' }, { ...origin, at: origin.at + 1 }].map((one) =>
      idOfOrigin(one, 0),
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]?.slice(10, 22)).not.toBe(ids[1]?.slice(10, 22));
  });

  it.each([-1, 65_536])('does not exist for the place %d', (index) => {
    expect(() => idOfOrigin(origin, index)).toThrow(RangeError);
  });
});
