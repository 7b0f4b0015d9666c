import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOriginAllowed } from '../../../lambdas/protocol/allowed-origin.ts';
import origins from '../../vectors/origins.json' with { type: 'json' };

describe('an origin', () => {
  it.each(origins.vectors)(
    '$origin may connect where $allowed are allowed: $ok',
    ({ origin, allowed, ok }) => {
      expect(isOriginAllowed(origin ?? undefined, allowed)).toBe(ok);
    },
  );

  it('matches a glob exactly when the pieces of the glob follow one another in its host', () => {
    const part = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 4 }).map((all) => all.join(''));
    const glob = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('*'));
    const host = fc.stringMatching(/^[ab]+(\.[ab]+){0,3}$/);
    fc.assert(
      fc.property(glob, host, (pattern, name) => {
        fc.pre(pattern !== '*');
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\*+/g, '.*')}$`);
        expect(isOriginAllowed(`https://${name}`, [pattern])).toBe(expression.test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('is compared at once, however many stars the glob has', () => {
    expect(isOriginAllowed(`http://${'a.'.repeat(100)}b`, [`${'*a'.repeat(100)}*c`])).toBe(false);
  });
});
