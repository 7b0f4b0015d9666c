import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { PendingDelivery } from '../ports/queues.ts';
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

/** The queue's redrive policy gives a message up after this many receives. */
export const MAX_RECEIVES = 5;

/** A batch of a FIFO queue has ten messages at most, each perhaps of its own group. */
const GROUPS_AT_ONCE = 10;

/**
 * The deliver function: what the broadcaster could not post, in order within each group. A message that fails takes the later
 * ones of its group with it, else they would overtake it. At its last receive the connection is closed instead: its client comes
 * back, and knows that it has missed something. Resolves to the ids of the messages that have to come again.
 */
export const deliver = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
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

  async function isSettled(message: QueuedDelivery, notAfter: number): Promise<boolean> {
    const { connectionId, channel, notificationId } = message.delivery;
    try {
      if (await attempt(message.delivery, notAfter)) return true;
      logger.warn('delivery-failed', {
        connectionId,
        channel,
        notificationId,
        receives: message.receiveCount,
      });
    } catch (error) {
      logger.error('delivery-failed', error, { connectionId, channel, notificationId });
    }
    if (message.receiveCount >= MAX_RECEIVES) await giveUp(message.delivery);
    return false;
  }

  /** False when the connection cannot be reached now. */
  async function attempt(delivery: PendingDelivery, notAfter: number): Promise<boolean> {
    const { connectionId, channel, notificationId } = delivery;
    const outcome = await post(connectionId, delivery.frame, notAfter);
    if (outcome === 'throttled' || outcome === 'unavailable') return false;
    if (outcome === 'gone') {
      await connections.remove(connectionId);
      return true;
    }
    if (outcome === 'too-large') logger.warn('delivery-too-large', { connectionId, channel, notificationId });
    await clear({ connectionId, channel, notificationId });
    return true;
  }

  async function clear(delivery: Omit<PendingDelivery, 'frame'>): Promise<void> {
    const { connectionId, channel, notificationId } = delivery;
    try {
      await subscriptions.clearLagging(connectionId, channel, notificationId);
    } catch (error) {
      // A mark too many only keeps the connection on the way through the queue; a failed message would be sent twice.
      logger.error('mark-left-behind', error, { connectionId, channel, notificationId });
    }
  }

  async function giveUp({ connectionId, channel, notificationId }: PendingDelivery): Promise<void> {
    logger.warn('delivery-given-up', { connectionId, channel, notificationId });
    try {
      await end(connectionId);
    } catch (error) {
      logger.error('close-failed', error, { connectionId });
    }
  }
};
