import type { ConnectionStore } from '../ports/connection-store.ts';

/** `$disconnect`: removes the row; what hangs on it is cleaned up by whoever sees the removal. */
export const closeConnection =
  (deps: { readonly connections: ConnectionStore }) =>
  async (connectionId: string): Promise<void> => {
    await deps.connections.remove(connectionId);
  };
