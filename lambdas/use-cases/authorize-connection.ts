import type { Logger } from '../ports/logger.ts';
import { TokenRefused, type TokenVerifier } from '../ports/token-verifier.ts';
import { tokenOfHandshake } from '../protocol/access-token.ts';
import { channelNameProblem } from '../protocol/channel.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import type { Limits } from '../protocol/limits.ts';
import { channelOfTenant, parseChannelPattern } from '../protocol/tenancy.ts';

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

/**
 * Lets in who has a valid token, or has none and names an app key. A token that is there has to be valid, whatever key comes
 * with it, and its tenant has to have a channel. Failures to verify (an issuer's keys cannot be fetched) are thrown.
 */
export const authorizeConnection = (deps: {
  readonly tokens: TokenVerifier;
  readonly logger: Logger;
  readonly settings: {
    readonly channelPattern: string;
    readonly limits: Pick<Limits, 'maxChannelNameLength'>;
  };
}) => {
  const { maxChannelNameLength } = deps.settings.limits;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return async (credentials: Credentials): Promise<Authorization> => {
    const token = tokenOfHandshake(credentials);
    if (token === undefined) {
      return credentials.appKey === undefined || credentials.appKey === ''
        ? refuse('it came with neither token nor app key')
        : { outcome: 'allowed' };
    }
    if (token === '') return refuse('it came with an empty token, or with several');
    try {
      const identity = await deps.tokens.verify(token);
      return hasChannel(identity.tenant)
        ? { outcome: 'allowed', identity }
        : refuse('its token names a tenant that no channel can be named after');
    } catch (error) {
      if (error instanceof TokenRefused) return refuse(error.message);
      throw error;
    }
  };

  /** Whoever comes with a token is subscribed to the channel of its tenant, and is not to find out too late that it cannot be. */
  function hasChannel(tenant: string): boolean {
    const channel = channelOfTenant(pattern, tenant);
    return channel !== undefined && channelNameProblem(channel, maxChannelNameLength) === undefined;
  }

  function refuse(reason: string): Authorization {
    deps.logger.warn('handshake-refused', { reason });
    return { outcome: 'refused' };
  }
};
