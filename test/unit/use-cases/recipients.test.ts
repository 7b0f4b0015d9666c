import { describe, expect, it } from 'vitest';
import type { Subscription } from '../../../lambdas/ports/subscription-store.ts';
import { recipientsOf } from '../../../lambdas/use-cases/recipients.ts';

const subscription = (connectionId: string, more: Partial<Subscription> = {}): Subscription => ({
  connectionId,
  shard: 0,
  expiresAt: 2_000,
  since: 1_000,
  lagging: false,
  ...more,
});
const NUMBER = '400000000000000000005';
const EARLIER = '99999999999999999999';
const LATER = '1400000000000000000000';

const reached = (
  page: readonly Subscription[],
  entry: Omit<Parameters<typeof recipientsOf>[1], 'sequenceNumber'> = {},
) =>
  recipientsOf(page, { sequenceNumber: NUMBER, ...entry }).recipients.map(({ connectionId }) => connectionId);

describe('an entry is for', () => {
  it('everybody, lagging or not', () => {
    expect(reached([subscription('a='), subscription('b=', { lagging: true })])).toEqual(['a=', 'b=']);
  });

  it('nobody who is still joining', () => {
    expect(reached([subscription('a=', { joining: 'entry' }), subscription('b=')])).toEqual(['b=']);
  });

  it('nobody who was told its success by it or by a later one, by their numbers and not their letters', () => {
    const page = [
      subscription('earlier=', { hearsAfter: EARLIER.padStart(40, '0') }),
      subscription('this=', { hearsAfter: NUMBER.padStart(40, '0') }),
      subscription('later=', { hearsAfter: LATER.padStart(40, '0') }),
    ];
    expect(reached(page)).toEqual(['earlier=']);
  });

  it.each([
    [{ connectionId: 'a=' }, ['b=', 'c=']],
    [{ userId: '7' }, ['c=']],
    [{ connectionId: 'c=', userId: '7' }, []],
    [{}, ['a=', 'b=', 'c=']],
  ])('all but %j', (except, others) => {
    const page = [
      subscription('a=', { userId: '7' }),
      subscription('b=', { userId: '7' }),
      subscription('c='),
    ];
    expect(reached(page, { except })).toEqual(others);
  });

  it('one alone, where it is, unless that is excepted', () => {
    const page = [subscription('a='), subscription('b=')];
    expect(reached(page, { only: 'b=' })).toEqual(['b=']);
    expect(reached(page, { only: 'c=' })).toEqual([]);
    expect(reached(page, { only: 'b=', except: { connectionId: 'b=' } })).toEqual([]);
  });

  it('those who were there when it was stored, and how many came later is counted', () => {
    const page = [
      subscription('before='),
      subscription('about-then=', { since: 1_010 }),
      subscription('after=', { since: 1_100 }),
      subscription('after-and-joining=', { since: 1_100, joining: 'entry' }),
    ];
    const { recipients, cameLater } = recipientsOf(page, { sequenceNumber: NUMBER, storedAt: 1_000 });
    expect(recipients.map(({ connectionId }) => connectionId)).toEqual(['before=', 'about-then=']);
    expect(cameLater).toBe(1);
    expect(reached(page)).toEqual(['before=', 'about-then=', 'after=']);
  });
});
