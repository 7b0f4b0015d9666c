import type { Logger } from '../ports/logger.ts';
import type { TokenVerifier } from '../ports/token-verifier.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';

/** What a handshake shows to the authorizer. */
export interface Credentials {
  /** The `Sec-WebSocket-Protocol` header, all of it. */
  readonly subprotocols?: string;
  /** The `token` query parameter. */
  readonly token?: string;
  /** The `appKey` query parameter; whether it is the right one is for `$connect` to say, in a frame. */
  readonly appKey?: string;
}

/** `identity` is absent for a client that came with an app key only. */
export type Authorization =
  | { readonly outcome: 'allowed'; readonly identity?: ConnectionIdentity }
  | { readonly outcome: 'refused' };

export const authorizeConnection =
  (_deps: { readonly tokens: TokenVerifier; readonly logger: Logger }) =>
  async (_credentials: Credentials): Promise<Authorization> => {
    throw new Error('being written');
  };
