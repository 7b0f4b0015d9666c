import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { DeadLetterQueue, RetryQueue } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';

/** A new row of the Notifications table, as the stream has it. */
export interface NotificationRecord {
  readonly eventId: string;
  readonly sequenceNumber: string;
  /** The new image in DynamoDB JSON, untouched: whether it is a notification is decided here. */
  readonly row: unknown;
}

/** The broadcast function. Resolves to the sequence numbers of the records that have to come again. */
export const fanOut =
  (_deps: {
    readonly subscriptions: SubscriptionStore;
    readonly connections: ConnectionStore;
    readonly gateway: ConnectionGateway;
    readonly retries: RetryQueue;
    readonly deadLetters: DeadLetterQueue;
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
  }) =>
  async (_records: readonly NotificationRecord[]): Promise<readonly string[]> => {
    throw new Error('being written');
  };
