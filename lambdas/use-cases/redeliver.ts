import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway, PostOutcome } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
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

/**
 * A message is not begun any more when less is left of the invocation: a post that hangs takes three seconds, each of its frames is one,
 * and to take back its mark, or to close its connection, takes some more.
 */
const timeForInMilliseconds = ({ frames }: PendingDelivery): number => 4_000 + 3_000 * frames.length;

/** A batch of a FIFO queue has ten messages at most, each perhaps of its own group. */
const GROUPS_AT_ONCE = 10;

/**
 * The redeliver function: what `broadcast` and `deliver` could not post, in order within each group. A message that fails takes the later
 * ones of its group with it, else they would overtake it. One that has failed often enough is given up: its connection is closed,
 * so that its client comes back, and knows that it has missed something; and the delivery is laid aside for the operators. Until
 * all of that is done the message comes again, for whoever is neither told nor closed would miss it without knowing.
 * Resolves to the ids of the messages that have to come again. `endsAt`: epoch milliseconds at which the invocation ends; messages for
 * which no time is left come again, with the later ones of their group.
 */
export const redeliver = (deps: {
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

  return async (messages: readonly QueuedDelivery[], endsAt: number): Promise<readonly string[]> => {
    const failed: string[] = [];
    // One budget for all: the messages of a group come one after the other, the time of the function does not grow.
    const notAfter = deps.clock.now() + RETRY_BUDGET_IN_MILLISECONDS;
    const groups = lanesOf(messages, ({ group }) => group);
    await forEachBounded(groups, GROUPS_AT_ONCE, async (group) => {
      for (const [index, message] of group.entries()) {
        const isInTime = deps.clock.now() + timeForInMilliseconds(message.delivery) <= endsAt;
        if (isInTime && (await isSettled(message, notAfter))) continue;
        if (!isInTime) logger.warn('deliveries-postponed', { messages: group.length - index });
        failed.push(...group.slice(index).map(({ messageId }) => messageId));
        return;
      }
    });
    return failed;
  };

  async function isSettled({ delivery, receiveCount }: QueuedDelivery, notAfter: number): Promise<boolean> {
    const { connectionId, channel, notificationId } = delivery;
    const which = { connectionId, channel, notificationId, receives: receiveCount };
    // Perhaps it was closed here, at an earlier receive that came no further: then it is not just gone.
    const isLate = receiveCount > MAX_RECEIVES;
    if (!(await isOwed(delivery))) {
      logger.info('delivery-not-owed', which);
      return !isLate || (await isLaidAside(delivery));
    }
    try {
      const outcome = await postAll(delivery, notAfter);
      if (outcome === 'gone') {
        await connections.remove(connectionId);
        return !isLate || (await isLaidAside(delivery));
      }
      if (outcome === 'delivered') {
        await clear(delivery);
        return true;
      }
      logger.warn('delivery-failed', which);
    } catch (error) {
      logger.error('delivery-failed', error, which);
    }
    return receiveCount >= MAX_RECEIVES && (await isGivenUp(delivery));
  }

  /** One frame after the other; what comes again begins with the first one. `delivered` also when one is too large for ever. */
  async function postAll(delivery: PendingDelivery, notAfter: number): Promise<PostOutcome> {
    const { connectionId, channel, notificationId } = delivery;
    for (const frame of delivery.frames) {
      const outcome = await post(connectionId, frame, notAfter);
      if (outcome === 'too-large') {
        logger.warn('delivery-too-large', { connectionId, channel, notificationId });
      } else if (outcome !== 'delivered') {
        return outcome;
      }
    }
    return 'delivered';
  }

  /** Who has left the channel, or has outlived its token, gets nothing more; nor does whoever got it at an earlier receive. */
  async function isOwed(delivery: PendingDelivery): Promise<boolean> {
    try {
      return await subscriptions.isOwed(delivery, delivery.sequenceNumber);
    } catch (error) {
      const { connectionId, channel, notificationId } = delivery;
      logger.error('debt-unknown', error, { connectionId, channel, notificationId });
      return true;
    }
  }

  async function isGivenUp(delivery: PendingDelivery): Promise<boolean> {
    const { connectionId, channel, notificationId } = delivery;
    try {
      await end(connectionId);
    } catch (error) {
      logger.error('giving-up-failed', error, { connectionId, channel, notificationId });
      return false;
    }
    logger.warn('delivery-given-up', { connectionId, channel, notificationId });
    return await isLaidAside(delivery);
  }

  async function isLaidAside(delivery: PendingDelivery): Promise<boolean> {
    const { connectionId, channel, notificationId } = delivery;
    try {
      await deps.givenUp.enqueue([delivery]);
      return true;
    } catch (error) {
      logger.error('laying-aside-failed', error, { connectionId, channel, notificationId });
      return false;
    }
  }

  async function clear(delivery: PendingDelivery): Promise<void> {
    try {
      await subscriptions.clearLagging(delivery, delivery.sequenceNumber);
    } catch (error) {
      const { connectionId, channel, notificationId } = delivery;
      // A mark too many only keeps the connection on the way through the queue; a failed message would be sent twice.
      logger.error('mark-left-behind', error, { connectionId, channel, notificationId });
    }
  }
};
