import type { ConnectionStore, RemovedConnection } from '../ports/connection-store.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';

/**
 * The one place that cleans up after a connection, however it was found gone: called with what the stream says was removed.
 * Repeating it changes nothing.
 */
export const forgetConnection =
  (deps: { readonly connections: ConnectionStore; readonly subscriptions: SubscriptionStore }) =>
  async (removed: RemovedConnection): Promise<void> => {
    await deps.subscriptions.removeAll(removed.connectionId, removed.channels);
    await deps.connections.forget(removed);
  };
