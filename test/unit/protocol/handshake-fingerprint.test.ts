import { describe, expect, it } from 'vitest';
import { handshakeFingerprint } from '../../../lambdas/protocol/handshake-fingerprint.ts';

const traits = {
  forwardedFor: '203.0.113.7, 130.176.1.1',
  sourceIp: '130.176.1.1',
  userAgent: 'Mozilla/5.0',
  acceptLanguage: 'es-PE',
  origin: 'https://panel.shop.pe',
};

describe('what a handshake looks like', () => {
  it('is the same the next time, by whatever way through CloudFront it comes', () => {
    const again = { ...traits, forwardedFor: ' 203.0.113.7,130.176.2.2', sourceIp: '130.176.2.2' };

    expect(handshakeFingerprint(again)).toBe(handshakeFingerprint(traits));
  });

  it.each([
    ['another address', { forwardedFor: '203.0.113.8, 130.176.1.1' }],
    ['another browser', { userAgent: 'Mozilla/6.0' }],
    ['another language', { acceptLanguage: 'es' }],
    ['another page', { origin: 'https://shop.pe' }],
    ['the same texts in other places', { userAgent: 'es-PE', acceptLanguage: 'Mozilla/5.0' }],
  ])('differs for %s', (_, changes) => {
    expect(handshakeFingerprint({ ...traits, ...changes })).not.toBe(handshakeFingerprint(traits));
  });

  it('goes by the address that API Gateway sees where nobody has forwarded it', () => {
    const { forwardedFor: _, ...direct } = traits;

    expect(handshakeFingerprint(direct)).not.toBe(
      handshakeFingerprint({ ...direct, sourceIp: '130.176.1.2' }),
    );
    expect(handshakeFingerprint({ ...direct, forwardedFor: '' })).toBe(handshakeFingerprint(direct));
  });

  it('goes by what CloudFront says, and not by what the client has said before it', () => {
    const forged = { ...traits, forwardedFor: `198.51.100.9, ${traits.forwardedFor}` };
    const other = { ...traits, forwardedFor: '198.51.100.9, 130.176.1.1' };

    expect(handshakeFingerprint(forged)).toBe(handshakeFingerprint(traits));
    expect(handshakeFingerprint(forged)).not.toBe(handshakeFingerprint(other));
  });

  it('has 22 characters, of whatever client, and says nothing of it', () => {
    expect(handshakeFingerprint(traits)).toMatch(/^[\w-]{22}$/);
    expect(handshakeFingerprint({})).toMatch(/^[\w-]{22}$/);
  });
});
