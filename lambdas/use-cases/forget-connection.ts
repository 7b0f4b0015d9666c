import type { ConnectionStore, RemovedConnection } from '../ports/connection-store.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import type { UserStore } from '../ports/user-store.ts';

/**
 * The one place that cleans up after a connection, however it was found gone: called with what the stream says was removed.
 * Repeating it changes nothing.
 */
export const forgetConnection =
  (deps: {
    readonly connections: ConnectionStore;
    readonly subscriptions: SubscriptionStore;
    readonly users: UserStore;
  }) =>
  async (removed: RemovedConnection): Promise<void> => {
    const { connectionId, channels, users, watched } = removed;
    await deps.subscriptions.removeAll(connectionId, channels);
    await deps.users.forget(connectionId, users, watched);
    await deps.connections.forget(removed);
  };
