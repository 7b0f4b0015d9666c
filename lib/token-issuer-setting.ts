import { createPublicKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { settings, text } from './setting.ts';

/**
 * Which key an algorithm needs. Asymmetric ones only: what verifies with a shared secret could be signed by whoever
 * knows the public key. Source: RFC 7518 §3.1, RFC 8037 §3.1; RFC 8725 §2.1.
 */
const KEY_OF_ALGORITHM: ReadonlyMap<string, string> = new Map([
  ['RS256', 'rsa'],
  ['RS384', 'rsa'],
  ['RS512', 'rsa'],
  ['PS256', 'rsa'],
  ['PS384', 'rsa'],
  ['PS512', 'rsa'],
  ['ES256', 'prime256v1'],
  ['ES384', 'secp384r1'],
  ['ES512', 'secp521r1'],
  ['EdDSA', 'ed25519'],
  ['Ed25519', 'ed25519'],
]);

const algorithms = [...KEY_OF_ALGORITHM.keys()];
const algorithm = v.picklist(algorithms, `an asymmetric algorithm: ${algorithms.join(', ')}`);

const pem = v.pipe(
  v.string('a public key as SPKI PEM'),
  v.check(
    (value) => publicKey(value) !== undefined,
    'a public key as SPKI PEM ("-----BEGIN PUBLIC KEY-----")',
  ),
);

const claim = text(/^.{1,64}$/, 'the name of a claim, 1 to 64 characters');

export const tokenIssuer = v.pipe(
  settings({
    issuer: text(/^.{1,512}$/, 'the "iss" claim of its tokens, 1 to 512 characters'),
    audience: text(/^.{1,512}$/, 'the "aud" claim of its tokens, 1 to 512 characters'),
    jwksUrl: v.exactOptional(v.pipe(v.string('an https URL'), v.check(isHttps, 'an https URL'))),
    publicKey: v.exactOptional(pem),
    algorithms: v.pipe(v.array(algorithm, 'a list of algorithms'), v.minLength(1, 'at least one algorithm')),
    tenantClaim: claim,
    userClaim: v.optional(claim, 'sub'),
    userInfoClaim: v.exactOptional(claim),
  }),
  v.check(
    (issuer) => (issuer.jwksUrl === undefined) !== (issuer.publicKey === undefined),
    'exactly one of jwksUrl and publicKey',
  ),
  v.check(
    (issuer) =>
      issuer.publicKey === undefined || issuer.algorithms.every((name) => fits(name, issuer.publicKey)),
    'algorithms that the publicKey can verify',
  ),
);

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:';
}

function publicKey(value: string): KeyObject | undefined {
  if (!value.trimStart().startsWith('-----BEGIN PUBLIC KEY-----')) return undefined;
  try {
    return createPublicKey(value);
  } catch {
    return undefined;
  }
}

function fits(name: string, value: string | undefined): boolean {
  const key = publicKey(value ?? '');
  return (key?.asymmetricKeyDetails?.namedCurve ?? key?.asymmetricKeyType) === KEY_OF_ALGORITHM.get(name);
}
