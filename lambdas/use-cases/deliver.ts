import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { PendingDelivery } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';

/** One message of the retry queue. */
export interface QueuedDelivery {
  readonly messageId: string;
  /** The message group, within which order is kept. */
  readonly group: string;
  /** How many times the queue has handed it out, this time included. */
  readonly receiveCount: number;
  readonly delivery: PendingDelivery;
}

/** The queue's redrive policy gives a message up after this many receives. */
export const MAX_RECEIVES = 5;

/** The deliver function. Resolves to the ids of the messages that have to come again. */
export const deliver =
  (_deps: {
    readonly subscriptions: SubscriptionStore;
    readonly connections: ConnectionStore;
    readonly gateway: ConnectionGateway;
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
  }) =>
  async (_messages: readonly QueuedDelivery[]): Promise<readonly string[]> => {
    throw new Error('being written');
  };
