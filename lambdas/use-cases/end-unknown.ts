import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import { nothing } from '../protocol/server-event.ts';
import { endConnection } from './end-connection.ts';

/**
 * Ends a socket that has no row, and resolves to the frame of the answer: it would listen for ever and hear nothing; closed, its client
 * comes back with one.
 */
export const endUnknown = (deps: {
  readonly gateway: ConnectionGateway;
  readonly connections: ConnectionStore;
  readonly logger: Logger;
}) => {
  const end = endConnection(deps);

  return async (connectionId: string): Promise<string> => {
    deps.logger.warn('connection-unknown', { connectionId });
    await end(connectionId);
    return nothing();
  };
};
