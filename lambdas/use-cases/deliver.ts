import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { LogFields, Logger } from '../ports/logger.ts';
import type { PendingDelivery, RetryQueue } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { forEachBounded } from './bounded.ts';
import { endConnection } from './end-connection.ts';
import { lanesOf } from './lanes.ts';
import { persistentPost, RETRY_BUDGET_IN_MILLISECONDS } from './persistent-post.ts';

/** One message of the retry queue. */
export interface QueuedDelivery {
  readonly messageId: string;
  /** The message group, within which order is kept. */
  readonly group: string;
  /** How many times the queue has handed it out, this time included. */
  readonly receiveCount: number;
  readonly delivery: PendingDelivery;
}

/**
 * From this receive on a delivery that still fails is given up. The queue itself gives a message up much later: it also
 * counts receives of which this function has never heard, and closes nothing.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const MAX_RECEIVES = 5;

/** A batch of a FIFO queue has ten messages at most, each perhaps of its own group. */
const GROUPS_AT_ONCE = 10;

/**
 * The deliver function: what the broadcaster could not post, in order within each group. A message that fails takes the later
 * ones of its group with it, else they would overtake it. One that has failed often enough is given up: its connection is closed,
 * so that its client comes back, and knows that it has missed something; and the delivery is laid aside for the operators. Until
 * all of that is done the message comes again, for whoever is neither told nor closed would miss it without knowing.
 * Resolves to the ids of the messages that have to come again.
 */
export const deliver = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
  /** The dead-letter queue of the retry queue, which takes its messages as they are. */
  readonly givenUp: RetryQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}) => {
  const { connections, logger, subscriptions } = deps;
  const post = persistentPost(deps);
  const end = endConnection(deps);

  return async (messages: readonly QueuedDelivery[]): Promise<readonly string[]> => {
    const failed: string[] = [];
    // One budget for all: the messages of a group come one after the other, the time of the function does not grow.
    const notAfter = deps.clock.now() + RETRY_BUDGET_IN_MILLISECONDS;
    const groups = lanesOf(messages, ({ group }) => group);
    await forEachBounded(groups, GROUPS_AT_ONCE, async (group) => {
      for (const [index, message] of group.entries()) {
        if (await isSettled(message, notAfter)) continue;
        failed.push(...group.slice(index).map(({ messageId }) => messageId));
        return;
      }
    });
    return failed;
  };

  async function isSettled({ delivery, receiveCount }: QueuedDelivery, notAfter: number): Promise<boolean> {
    const { connectionId, channel, notificationId } = delivery;
    const which = { connectionId, channel, notificationId, receives: receiveCount };
    try {
      const outcome = await post(connectionId, delivery.frame, notAfter);
      if (outcome === 'gone') return await settleGone(delivery, receiveCount);
      if (outcome === 'throttled' || outcome === 'unavailable') {
        logger.warn('delivery-failed', which);
      } else {
        if (outcome === 'too-large') logger.warn('delivery-too-large', which);
        await clear(delivery);
        return true;
      }
    } catch (error) {
      logger.error('delivery-failed', error, which);
    }
    return receiveCount >= MAX_RECEIVES && (await isGivenUp(delivery, which));
  }

  async function settleGone(delivery: PendingDelivery, receiveCount: number): Promise<boolean> {
    await connections.remove(delivery.connectionId);
    // Perhaps it was closed here, at an earlier receive that came no further.
    if (receiveCount > MAX_RECEIVES) await deps.givenUp.enqueue([delivery]);
    return true;
  }

  async function isGivenUp(delivery: PendingDelivery, which: LogFields): Promise<boolean> {
    try {
      await end(delivery.connectionId);
      await deps.givenUp.enqueue([delivery]);
    } catch (error) {
      logger.error('giving-up-failed', error, which);
      return false;
    }
    logger.warn('delivery-given-up', which);
    return true;
  }

  async function clear({ connectionId, channel, notificationId }: PendingDelivery): Promise<void> {
    try {
      await subscriptions.clearLagging(connectionId, channel, notificationId);
    } catch (error) {
      // A mark too many only keeps the connection on the way through the queue; a failed message would be sent twice.
      logger.error('mark-left-behind', error, { connectionId, channel, notificationId });
    }
  }
};
