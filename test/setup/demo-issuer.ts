import { inject } from 'vitest';
import type { DemoIssuer } from '../../examples/dashboard/server/demo-token.ts';

/** The tests' token issuer, under the names that `npm start` has for it in its outputs. */
export function demoIssuer(): DemoIssuer {
  const { issuer, audience, algorithm, privateKey } = inject('issuer');
  return {
    JwtPrivateKey: privateKey,
    JwtAlgorithm: algorithm,
    JwtIssuer: issuer,
    JwtAudience: audience,
    JwtTenantClaim: 'commerce_id',
    JwtUserClaim: 'sub',
  };
}
