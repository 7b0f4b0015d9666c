import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secureEquals, secureEqualsAny } from '../../../lambdas/protocol/secure-compare.ts';
import { anyText } from '../any-text.ts';

describe('comparing a secret', () => {
  it('finds equal what is equal, and nothing else, whatever the lengths', () => {
    const texts = fc.oneof(fc.string(), anyText, fc.constantFrom('', '\ud800', '\udfff', '\ufffd'));
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        expect(secureEquals(one, one)).toBe(true);
        expect(secureEquals(one, other)).toBe(one === other);
      }),
      { numRuns: 500 },
    );
  });

  it('tells unpaired surrogates apart, which are the same character in UTF-8', () => {
    expect(secureEquals('\ud800', '\ud801')).toBe(false);
  });

  it('finds it among several, and not among none', () => {
    expect(secureEqualsAny('b', ['a', 'b'])).toBe(true);
    expect(secureEqualsAny('c', ['a', 'b'])).toBe(false);
    expect(secureEqualsAny('', [])).toBe(false);
  });
});
