import { beforeEach, describe, expect, it } from 'vitest';
import { TokenRefused, type TokenVerifier } from '../../lambdas/ports/token-verifier.ts';
import type { ConnectionIdentity } from '../../lambdas/protocol/connection-identity.ts';

export interface TokenVerifierWorld {
  readonly verifier: TokenVerifier;
  /** A valid token of that identity. */
  readonly token: string;
  readonly identity: ConnectionIdentity;
  /** From now on the keys cannot be had. */
  fail(): void;
}

export function tokenVerifierContract(name: string, setUp: () => Promise<TokenVerifierWorld>): void {
  describe(`a token verifier: ${name}`, () => {
    let world: TokenVerifierWorld;
    beforeEach(async () => {
      world = await setUp();
    });

    it('says whose token it is, each time', async () => {
      expect(await world.verifier.verify(world.token)).toEqual(world.identity);
      expect(await world.verifier.verify(world.token)).toEqual(world.identity);
    });

    it.each(['', 'no token', 'a.b.c'])('refuses %j', async (token) => {
      await expect(world.verifier.verify(token)).rejects.toThrow(TokenRefused);
    });

    it('does not refuse a token for what is not its fault', async () => {
      world.fail();
      const error = await world.verifier.verify(world.token).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(TokenRefused);
    });
  });
}
