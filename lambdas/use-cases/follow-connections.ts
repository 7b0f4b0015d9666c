import type { Connection, RemovedConnection } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import { recent } from '../protocol/recent.ts';
import { forEachBounded } from './bounded.ts';
import { lanesOf } from './lanes.ts';

/** What the stream of the Connections table says about one connection. */
export type ConnectionChange = {
  readonly eventId: string;
  readonly sequenceNumber: string;
  /** Epoch seconds at which the row changed. */
  readonly storedAt?: number;
} & (
  | { readonly kind: 'opened'; readonly connection: Connection }
  | { readonly kind: 'removed'; readonly removed: RemovedConnection }
);

/** A whole batch of the stream: a greeting may have to wait for seconds, and nobody else shall wait for it. */
const CONNECTIONS_AT_ONCE = 100;
const REMEMBERED_CHANGES = 10_000;

/**
 * The lifecycle function: greets whoever connected and cleans up after whoever left, connections side by side, each one's
 * changes in their order. Resolves to the sequence numbers of the changes that have to come again.
 */
export const followConnections = (deps: {
  /** The verb of {@link file://./greet.ts}. */
  readonly greet: (connection: Connection, storedAt?: number) => Promise<void>;
  /** The verb of {@link file://./forget-connection.ts}. */
  readonly forget: (removed: RemovedConnection) => Promise<void>;
  readonly logger: Logger;
}) => {
  // A greeting is a frame: one that was sent must not be sent again because a neighbour's failed.
  const done = recent<true>(REMEMBERED_CHANGES);

  return async (changes: readonly ConnectionChange[]): Promise<readonly string[]> => {
    const failed: string[] = [];
    await forEachBounded(lanesOf(changes, connectionIdOf), CONNECTIONS_AT_ONCE, async (own) => {
      const hasLeft = own.at(-1)?.kind === 'removed';
      for (const change of own) {
        try {
          await follow(change, hasLeft);
        } catch (error) {
          deps.logger.error('connection-change-failed', error, { connectionId: connectionIdOf(change) });
          failed.push(change.sequenceNumber);
          return;
        }
      }
    });
    return failed;
  };

  async function follow(change: ConnectionChange, hasLeft: boolean): Promise<void> {
    if (done.get(change.eventId)) return;
    if (change.kind === 'removed') await deps.forget(change.removed);
    else if (!hasLeft) await deps.greet(change.connection, change.storedAt);
    done.set(change.eventId, true);
  }
};

function connectionIdOf(change: ConnectionChange): string {
  return change.kind === 'opened' ? change.connection.connectionId : change.removed.connectionId;
}
