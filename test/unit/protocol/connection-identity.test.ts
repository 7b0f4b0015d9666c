import { describe, expect, it } from 'vitest';
import { identityFromContext, identityToContext } from '../../../lambdas/protocol/connection-identity.ts';

const identity = { tenant: '12', user: 'user-7', tokenExpiresAt: 1_764_000_600 };

describe('the identity in an authorizer’s context', () => {
  it('comes back from API Gateway, which makes all values strings', () => {
    const context = Object.fromEntries(
      Object.entries(identityToContext(identity)).map(([name, value]) => [name, String(value)]),
    );

    expect(identityFromContext({ principalId: 'user-7', integrationLatency: 3, ...context })).toEqual(
      identity,
    );
  });

  it('is none for a connection without a token', () => {
    expect(identityToContext(undefined)).toEqual({});
    for (const context of [undefined, null, {}, { principalId: 'x', integrationLatency: '0' }]) {
      expect(identityFromContext(context)).toBeUndefined();
    }
  });

  it.each([
    ['no tenant', { tenant: undefined }],
    ['an empty tenant', { tenant: '' }],
    ['no user', { user: undefined }],
    ['no expiry', { tokenExpiresAt: undefined }],
    ['an expiry that is no number', { tokenExpiresAt: 'soon' }],
    ['an empty expiry', { tokenExpiresAt: '' }],
    ['an expiry beyond all numbers', { tokenExpiresAt: 'Infinity' }],
    ['a tenant that is an object', { tenant: {} }],
  ])('is an error, rather than nobody, with %s', (_, changes) => {
    expect(() => identityFromContext({ ...identity, ...changes })).toThrow(/tenant, user and tokenExpiresAt/);
  });
});
