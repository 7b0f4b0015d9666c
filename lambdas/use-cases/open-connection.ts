import type { Clock } from '../ports/clock.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import { subprotocolToEcho } from '../protocol/access-token.ts';
import { isOriginAllowed } from '../protocol/allowed-origin.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { expiryOf } from '../protocol/connection-lifetime.ts';
import type { Limits } from '../protocol/limits.ts';
import type { RefusalCode } from '../protocol/protocol-error.ts';

/** What `$connect` tells; everything that later routes will need has to be kept now. */
export interface Handshake {
  readonly connectionId: string;
  /** Epoch milliseconds, from the request context. */
  readonly connectedAt: number;
  /** The `appKey` query parameter. */
  readonly appKey?: string;
  /** The `Origin` header. */
  readonly origin?: string;
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
export const openConnection =
  (deps: {
    readonly connections: ConnectionStore;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly settings: {
      readonly appKey: string;
      readonly allowedOrigins: readonly string[];
      readonly limits: Pick<Limits, 'maxConnections'>;
    };
  }) =>
  async (handshake: Handshake): Promise<Accepted> => {
    const { connectionId, connectedAt, identity } = handshake;
    const refusal = await refusalOf(handshake);
    if (refusal !== undefined) deps.logger.warn('connection-refused', { connectionId, code: refusal });

    await deps.connections.open({
      connectionId,
      connectedAt,
      expiresAt: expiryOf(connectedAt, identity),
      ...(identity !== undefined && { identity }),
      ...(refusal !== undefined && { refusal }),
    });
    const subprotocol = subprotocolToEcho(handshake.subprotocols);
    return subprotocol === undefined ? {} : { subprotocol };

    async function refusalOf({ appKey, origin }: Handshake): Promise<RefusalCode | undefined> {
      const { settings } = deps;
      // Whoever comes with a token need not know a key; whoever has neither has been refused by the authorizer.
      if (appKey === undefined ? identity === undefined : appKey !== settings.appKey) return 4001;
      // Only browsers send an origin, and only Pusher clients are always in a browser.
      const fromPage = identity === undefined || origin !== undefined;
      if (fromPage && !isOriginAllowed(origin, settings.allowedOrigins)) return 4009;
      const { maxConnections } = settings.limits;
      if (maxConnections !== null && (await deps.connections.countOpen()) >= maxConnections) return 4004;
      return undefined;
    }
  };
