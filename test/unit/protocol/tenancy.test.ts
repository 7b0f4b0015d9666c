import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelOfTenant, parseChannelPattern, tenantOf } from '../../../lambdas/protocol/tenancy.ts';
import tenancy from '../../vectors/tenancy.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

const commerce = parseChannelPattern('private-commerce.{tenant}');

describe('the tenant of a channel', () => {
  it.each(tenancy.vectors)('of $channel under $pattern is $tenant', ({ pattern, channel, tenant }) => {
    expect(tenantOf(parseChannelPattern(pattern), channel) ?? null).toBe(tenant);
  });

  const patterns = [
    'private-commerce.{tenant}',
    'private-{tenant}',
    'private-{tenant}.feed',
    'private-{tenant}-feed',
    'private-a.{tenant}.b.c',
    'presence-{tenant}',
    'private-cache-{tenant}',
    'private-encrypted-shop-{tenant}',
  ].map(parseChannelPattern);
  const anyPattern = fc.constantFrom(...patterns);
  // Ids that look like parts of the patterns, which is where confusion would come from.
  const tenantLike = fc.oneof(
    fc.array(
      fc.constantFrom(
        '1',
        '12',
        'a',
        '-',
        'feed',
        '-feed',
        '.',
        'cache-',
        'encrypted-',
        'commerce',
        'b',
        'c',
        '=',
      ),
      { maxLength: 5 },
    ),
    fc.array(fc.constantFrom(...'12aB-_=@,;.:/ {}ñ\0'), { maxLength: 5 }),
  );
  const anyTenant = tenantLike.map((parts) => parts.join(''));
  const anyExtension = fc.array(fc.constantFrom('', 'orders', '12', 'feed', 'commerce', '-'), {
    maxLength: 3,
  });

  it('is the tenant that the channel was made for, or the tenant has no channel', () => {
    fc.assert(
      fc.property(anyPattern, anyTenant, (pattern, tenant) => {
        const channel = channelOfTenant(pattern, tenant);
        if (channel !== undefined) expect(tenantOf(pattern, channel)).toBe(tenant);
      }),
      { numRuns: 2000 },
    );
  });

  it('is still the same however the channel is extended, and whatever signed kind it is', () => {
    const signedPrefixes = [
      'private-',
      'presence-',
      'private-encrypted-',
      'private-cache-',
      'presence-cache-',
    ];
    fc.assert(
      fc.property(
        anyTenant,
        anyExtension,
        fc.constantFrom(...signedPrefixes),
        (tenant, extension, prefix) => {
          const own = channelOfTenant(commerce, tenant);
          fc.pre(own !== undefined);
          const channel = [own.replace('private-', prefix), ...extension].join('.');
          expect(tenantOf(commerce, channel)).toBe(tenant);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never lets the channels of two tenants, or what extends them, meet', () => {
    fc.assert(
      fc.property(
        anyPattern,
        anyTenant,
        anyTenant,
        anyExtension,
        anyExtension,
        (pattern, one, other, oneMore, otherMore) => {
          fc.pre(one !== other);
          const [a, b] = [channelOfTenant(pattern, one), channelOfTenant(pattern, other)];
          fc.pre(a !== undefined && b !== undefined);
          expect([a, ...oneMore].join('.')).not.toBe([b, ...otherMore].join('.'));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is not found in, and does not break on, anything else', () => {
    fc.assert(
      fc.property(anyPattern, anyText, (pattern, channel) => {
        const tenant = tenantOf(pattern, channel);
        if (tenant !== undefined) expect(tenant).toMatch(/^[-A-Za-z0-9_=@,;]+$/);
      }),
    );
  });
});

describe('the channel of a tenant', () => {
  it('is the pattern with the tenant in it', () => {
    expect(channelOfTenant(commerce, '12')).toBe('private-commerce.12');
  });

  it.each([
    ['empty', ''],
    ['with a dot, which would be the channel of another one', '12.orders'],
    ['with a space', '1 2'],
    ['like the placeholder', '{tenant}'],
    ['with a line break', '12\n'],
    ['of another alphabet', 'ñ'],
    ['like part of a regular expression', '.*'],
  ])('is none for a tenant that is %s', (_, tenant) => {
    expect(channelOfTenant(commerce, tenant)).toBeUndefined();
  });

  it('is none where the tenant would turn it into a channel of somebody else', () => {
    expect(channelOfTenant(parseChannelPattern('private-{tenant}'), 'cache-7')).toBeUndefined();
    expect(channelOfTenant(parseChannelPattern('private-{tenant}'), 'encrypted-cache-7')).toBeUndefined();
  });

  it('keeps what a replacement would take for an instruction', () => {
    expect(channelOfTenant(commerce, '$&')).toBeUndefined();
  });
});

describe('a channel pattern', () => {
  it.each([
    ['without a tenant', 'private-commerce.12', /exactly once/],
    ['with two tenants', 'private-{tenant}.{tenant}', /exactly once/],
    ['that is public', 'commerce.{tenant}', /private- or presence-/],
    ['that is cached and public', 'cache-commerce.{tenant}', /private- or presence-/],
    ['addressed to a user', '#server-to-user-{tenant}', /private- or presence-/],
    ['with a slash', 'private-a/b.{tenant}', /only contain/],
    ['that is a regular expression', 'private-(.*).{tenant}', /only contain/],
    ['that is empty', '', /exactly once/],
  ])('%s is an error that says what is expected', (_, pattern, message) => {
    expect(() => parseChannelPattern(pattern)).toThrow(message);
  });

  it('takes its dots literally', () => {
    expect(tenantOf(parseChannelPattern('private-a.b.{tenant}'), 'private-axb.1')).toBeUndefined();
  });
});
