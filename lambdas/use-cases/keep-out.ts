import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import { protocolError } from '../protocol/server-event.ts';
import { throwOut } from './throw-out.ts';

/**
 * Throws the connection of a user out who was thrown out before and has come back; false when the user may stay.
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
  const { clock, denials, logger, settings } = deps;
  const throwOutConnection = throwOut(deps);

  return async (connectionId: string, userId: string): Promise<boolean> => {
    if (!(await denials.isUserDenied(userId))) return false;
    logger.warn('user-kept-out', { connectionId });
    const until = Math.floor(clock.now() / 1000) + settings.denialInSeconds;
    await throwOutConnection(connectionId, until, protocolError(4009));
    return true;
  };
};
