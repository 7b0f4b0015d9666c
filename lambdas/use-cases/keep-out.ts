import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import { protocolError } from '../protocol/server-event.ts';
import { endConnection } from './end-connection.ts';

/**
 * Ends the connection of a user who was thrown out and has come back; false when the user may stay. The next handshake that looks like this
 * connection's is denied, once: told 4009 now a client only dials again, told so by its first frame it stops.
 *
 * Whoever notes that a connection is a user's asks after that (too): one who is thrown out meanwhile is either found by that note, or
 * denied by now.
 */
export const keepOut = (deps: {
  readonly denials: DenialStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly denialInSeconds: number };
}) => {
  const { clock, connections, denials, logger, settings } = deps;
  const end = endConnection(deps);

  return async (connectionId: string, userId: string): Promise<boolean> => {
    if (!(await denials.isUserDenied(userId))) return false;
    logger.warn('user-kept-out', { connectionId });
    const fingerprint = await connections.fingerprintOf(connectionId);
    const until = Math.floor(clock.now() / 1000) + settings.denialInSeconds;
    if (fingerprint !== undefined) await denials.denyHandshake(fingerprint, until);
    await end(connectionId, protocolError(4009));
    return true;
  };
};
