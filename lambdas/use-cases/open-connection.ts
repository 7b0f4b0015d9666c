import type { Clock } from '../ports/clock.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import { subprotocolToEcho } from '../protocol/access-token.ts';
import { isOriginAllowed } from '../protocol/allowed-origin.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { expiryOf } from '../protocol/connection-lifetime.ts';
import { type HandshakeTraits, handshakeFingerprint } from '../protocol/handshake-fingerprint.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RefusalCode } from '../protocol/protocol-error.ts';

/** What `$connect` tells; everything that later routes will need has to be kept now. */
export interface Handshake extends HandshakeTraits {
  readonly connectionId: string;
  /** Epoch milliseconds, from the request context. */
  readonly connectedAt: number;
  /** The `appKey` query parameter. */
  readonly appKey?: string;
  /** The `Sec-WebSocket-Protocol` header, all of it. */
  readonly subprotocols?: string;
  /** What the authorizer found out. */
  readonly identity?: ConnectionIdentity;
}

/** The handshake is always accepted; `subprotocol` is to be echoed when there is one. */
export interface Accepted {
  readonly subprotocol?: string;
}

/**
 * `$connect`: stores the connection, together with the reason when it will be refused. Nothing can be sent to it before this
 * has returned, and a client refused at the handshake would dial for ever: so it is told by its first frame.
 */
export const openConnection = (deps: {
  readonly connections: ConnectionStore;
  readonly denials: DenialStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: {
    readonly appKey: string;
    readonly allowedOrigins: readonly string[];
    readonly limits: Pick<Limits, 'maxConnections' | 'maxConnectionsPerTenant'>;
  };
}) => {
  const { connections, denials, logger, settings } = deps;
  const { maxConnections, maxConnectionsPerTenant } = settings.limits;

  return async (handshake: Handshake): Promise<Accepted> => {
    const { connectionId, connectedAt, identity } = handshake;
    const fingerprint = handshakeFingerprint(handshake);
    const refusal = await refusalOf(handshake, fingerprint);
    if (refusal !== undefined) logger.warn('connection-refused', { connectionId, code: refusal });

    await connections.open({
      connectionId,
      connectedAt,
      expiresAt: expiryOf(connectedAt, identity),
      fingerprint,
      ...(identity !== undefined && { identity }),
      ...(refusal !== undefined && { refusal }),
    });
    const subprotocol = subprotocolToEcho(handshake.subprotocols);
    return subprotocol === undefined ? {} : { subprotocol };
  };

  async function refusalOf(handshake: Handshake, fingerprint: string): Promise<RefusalCode | undefined> {
    const { appKey, connectionId, identity, origin } = handshake;
    // Whoever comes with a token need not know a key; whoever has neither has been refused by the authorizer.
    if (appKey === undefined ? identity === undefined : appKey !== settings.appKey) return 4001;
    // Only browsers send an origin, and only Pusher clients are always in a browser.
    const fromPage = identity === undefined || origin !== undefined;
    if (fromPage && !isOriginAllowed(origin, settings.allowedOrigins)) return 4009;
    if (await isDenied(fingerprint, identity)) return 4009;
    if (maxConnections !== null && (await connections.countOpen()) >= maxConnections) return 4004;
    // Last: whom it admits it counts.
    if (identity === undefined || maxConnectionsPerTenant === null) return undefined;
    return (await connections.admit(connectionId, identity.tenant, maxConnectionsPerTenant))
      ? undefined
      : 4004;
  }

  /** The user first: a denial of the handshake is good for one, and is left for whom nothing else denies. */
  async function isDenied(fingerprint: string, identity: ConnectionIdentity | undefined): Promise<boolean> {
    if (identity !== undefined && (await denials.isUserDenied(identity.user))) return true;
    return await denials.takeHandshakeDenial(fingerprint);
  }
};
