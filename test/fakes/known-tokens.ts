import { TokenRefused, type TokenVerifier, type VerifiedToken } from '../../lambdas/ports/token-verifier.ts';

/** Accepts the tokens it was told of. */
export class KnownTokens implements TokenVerifier {
  failure: Error | undefined;
  readonly #identities: ReadonlyMap<string, VerifiedToken>;

  constructor(identities: Readonly<Record<string, VerifiedToken>> = {}) {
    this.#identities = new Map(Object.entries(identities));
  }

  async verify(token: string): Promise<VerifiedToken> {
    if (this.failure !== undefined) throw this.failure;
    const identity = this.#identities.get(token);
    if (identity === undefined) throw new TokenRefused('nobody has issued it');
    return identity;
  }
}
