/** One issuer of tokens that the deployment trusts. Exactly one of `jwksUrl` and `publicKey` is given. */
export interface TokenIssuer {
  /** The `iss` claim, compared exactly. */
  readonly issuer: string;
  /** The `aud` claim must be or contain it. */
  readonly audience: string;
  readonly jwksUrl?: string;
  /** SPKI PEM. */
  readonly publicKey?: string;
  /** Allow-list, asymmetric algorithms only: a public key must never serve as an HMAC secret. */
  readonly algorithms: readonly string[];
  /** Claim that names the tenant, `commerce_id` for example; a string or a number. */
  readonly tenantClaim: string;
  /** Claim that names the user, `sub` for example; a string or a number. */
  readonly userClaim: string;
  /** Claim that says to the members of presence channels who the user is, an object; left out, they are told the id alone. */
  readonly userInfoClaim?: string;
}
