import type { Connection, RemovedConnection } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';

/** What the stream of the Connections table says about one connection. */
export type ConnectionChange =
  | {
      readonly kind: 'opened';
      readonly eventId: string;
      readonly sequenceNumber: string;
      readonly connection: Connection;
    }
  | {
      readonly kind: 'removed';
      readonly eventId: string;
      readonly sequenceNumber: string;
      readonly removed: RemovedConnection;
    };

/**
 * The lifecycle function: greets whoever connected and cleans up after whoever left, connections side by side, each one's
 * changes in their order. Resolves to the sequence numbers of the changes that have to come again.
 */
export const followConnections =
  (_deps: {
    /** The verb of {@link file://./greet.ts}. */
    readonly greet: (connection: Connection) => Promise<void>;
    /** The verb of {@link file://./forget-connection.ts}. */
    readonly forget: (removed: RemovedConnection, removalId: string) => Promise<void>;
    readonly logger: Logger;
  }) =>
  async (_changes: readonly ConnectionChange[]): Promise<readonly string[]> => {
    throw new Error('being written');
  };
