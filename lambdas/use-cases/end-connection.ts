import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';

/**
 * Closes a connection and removes its row; its subscriptions follow when the removal is seen on the stream. `lastWords` is a frame to
 * send before, for which nothing waits: what counts is that the connection is closed. Repeatable.
 *
 * Throws when it could not be closed, and its row stays then: an open socket without a row would hear nothing more, and nobody would
 * know of it. With its row it goes on being owed what is queued for it, and whoever wants its end comes again: a message of a
 * queue, a record of the stream, the next frame of a client whose token has expired.
 */
export const endConnection =
  (deps: { readonly gateway: ConnectionGateway; readonly connections: ConnectionStore }) =>
  async (connectionId: string, lastWords?: string): Promise<void> => {
    try {
      if (lastWords !== undefined) await deps.gateway.post(connectionId, lastWords);
    } finally {
      await deps.gateway.close(connectionId);
      await deps.connections.remove(connectionId);
    }
  };
