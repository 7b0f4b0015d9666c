import { TokenRefused, type TokenVerifier } from '../../lambdas/ports/token-verifier.ts';
import type { ConnectionIdentity } from '../../lambdas/protocol/connection-identity.ts';

/** Accepts the tokens it was told of. */
export class KnownTokens implements TokenVerifier {
  failure: Error | undefined;
  readonly #identities: ReadonlyMap<string, ConnectionIdentity>;

  constructor(identities: Readonly<Record<string, ConnectionIdentity>> = {}) {
    this.#identities = new Map(Object.entries(identities));
  }

  async verify(token: string): Promise<ConnectionIdentity> {
    if (this.failure !== undefined) throw this.failure;
    const identity = this.#identities.get(token);
    if (identity === undefined) throw new TokenRefused('nobody has issued it');
    return identity;
  }
}
