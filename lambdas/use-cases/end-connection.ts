import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';

/**
 * Closes a connection and removes its row; its subscriptions follow when the removal is seen on the stream. `lastWords` is a frame to
 * send before, for which nothing waits: what counts is that the connection is closed. Repeatable.
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
