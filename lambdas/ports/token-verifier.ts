import type { ConnectionIdentity } from '../protocol/connection-identity.ts';

/** Why a token was not accepted. The message is fit for a log (it never contains the token), not for the client. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** What a valid token says. */
export interface VerifiedToken extends ConnectionIdentity {
  /** Who the user is, for the members of presence channels; where its issuer has a claim for it, and the token has that. */
  readonly userInfo?: Readonly<Record<string, unknown>>;
}

export interface TokenVerifier {
  /**
   * Throws {@link TokenRefused} on anything but a valid token of a configured issuer. That the keys of an issuer cannot
   * be had says nothing about the token, and is thrown as it comes.
   */
  verify(token: string): Promise<VerifiedToken>;
}
