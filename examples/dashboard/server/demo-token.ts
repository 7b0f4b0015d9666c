import { importPKCS8, SignJWT } from 'jose';

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

/** A token for a user of a tenant, as the login of the API would give it. */
export async function demoToken(issuer: DemoIssuer, tenant: number | string, user: string): Promise<string> {
  return new SignJWT({ [issuer.JwtTenantClaim]: tenant, [issuer.JwtUserClaim]: user })
    .setProtectedHeader({ alg: issuer.JwtAlgorithm })
    .setIssuer(issuer.JwtIssuer)
    .setAudience(issuer.JwtAudience)
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_LIFETIME_IN_SECONDS}s`)
    .sign(await importPKCS8(issuer.JwtPrivateKey, issuer.JwtAlgorithm));
}
