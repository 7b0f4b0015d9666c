import { importPKCS8, SignJWT } from 'jose';
import type { Commerce } from '../commerces.ts';

/** The demo's own token issuer, under the names that the outputs of the local execution have for it. */
export interface DemoIssuer {
  /** PKCS#8 PEM. */
  readonly JwtPrivateKey: string;
  readonly JwtAlgorithm: string;
  readonly JwtIssuer: string;
  readonly JwtAudience: string;
  readonly JwtTenantClaim: string;
  readonly JwtUserClaim: string;
}

export const TOKEN_LIFETIME_IN_SECONDS = 15 * 60;

/** A token for the one user of a commerce, as the login of the API would give it. */
export async function demoToken(issuer: DemoIssuer, commerce: Commerce): Promise<string> {
  const claims = { [issuer.JwtTenantClaim]: commerce.id, [issuer.JwtUserClaim]: `user-of-${commerce.id}` };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: issuer.JwtAlgorithm })
    .setIssuer(issuer.JwtIssuer)
    .setAudience(issuer.JwtAudience)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_LIFETIME_IN_SECONDS}s`)
    .sign(await importPKCS8(issuer.JwtPrivateKey, issuer.JwtAlgorithm));
}
