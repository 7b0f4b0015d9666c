import type { Clock } from '../ports/clock.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import type { Limits } from '../protocol/limits.ts';

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

export const openConnection =
  (_deps: {
    readonly connections: ConnectionStore;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly settings: {
      readonly appKey: string;
      readonly allowedOrigins: readonly string[];
      readonly limits: Limits;
    };
  }) =>
  async (_handshake: Handshake): Promise<Accepted> => {
    throw new Error('being written');
  };
