import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { PendingDelivery, RetryQueue } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import { cameLater } from '../protocol/connection-lifetime.ts';
import type { Notification } from '../protocol/notification.ts';
import { connectionIdOf } from '../protocol/socket-id.ts';
import { forEachBounded } from './bounded.ts';
import { persistentPost } from './persistent-post.ts';

/** Posts of one channel in flight; what API Gateway answers in 10 ms then goes out at its account's 10,000 a second. */
const POSTS_AT_ONCE = 100;

/**
 * How long one connection is tried before it waits in the retry queue. Short: the next notification of its channel waits as long, and so
 * do all records of the shard, those of other tenants too. A client that has stopped reading does not begin again within a second.
 */
export const MOMENT_IN_MILLISECONDS = 300;

export interface Broadcast {
  readonly notification: Notification;
  /** Of the record it came with, by which its deliveries are marked. */
  readonly sequenceNumber: string;
  readonly frame: string;
  /** Epoch seconds at which it was stored; whoever subscribed later does not get it. Left out, everybody gets it. */
  readonly storedAt?: number;
  /** Epoch milliseconds after which no post is tried again. */
  readonly notAfter: number;
  /** Epoch milliseconds after which no post is begun: who is left then gets it through the retry queue. */
  readonly postBefore: number;
  /** Connections that need nothing more; filled as it goes on, so that an interrupted broadcast can be taken up again. */
  readonly served: Set<string>;
}

type Fate = 'delivered' | 'gone' | 'waiting' | 'too-large' | 'came-later';

/**
 * Sends one notification to everybody who was subscribed to its channel when it was stored. Whoever cannot be reached now, or still waits for an earlier one, gets
 * it through the retry queue, behind that. Throws when subscribers cannot be read or deliveries cannot be queued: what was
 * sent until then stands in `served`. `too-large` when API Gateway does not carry the frame.
 */
export const broadcastNotification = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
  readonly retries: RetryQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}) => {
  const { clock, connections, logger, subscriptions } = deps;
  const post = persistentPost(deps, MOMENT_IN_MILLISECONDS);

  return async (task: Broadcast): Promise<'done' | 'too-large'> => {
    const { notification, sequenceNumber, frame, served } = task;
    const { channel, id: notificationId, socketId } = notification;
    const excluded = socketId === undefined ? undefined : connectionIdOf(socketId);
    const fates = { delivered: 0, gone: 0, waiting: 0, 'too-large': 0, 'came-later': 0 };

    for await (const page of subscriptions.subscribersOf(channel)) {
      const waiting: PendingDelivery[] = [];
      await forEachBounded(page, POSTS_AT_ONCE, async (subscription) => {
        const { connectionId } = subscription;
        if (connectionId === excluded || served.has(connectionId)) return;
        const fate = await send(subscription, task);
        fates[fate] += 1;
        if (fate === 'waiting')
          waiting.push({ connectionId, channel, notificationId, sequenceNumber, frame });
        if (fate === 'delivered' || fate === 'gone') served.add(connectionId);
      });
      // With each page: what has failed early waits for no later page, and a page that cannot be read loses nothing of it.
      await queueUp(waiting);
      for (const { connectionId } of waiting) served.add(connectionId);
    }
    logger.info('notification-broadcast', { channel, notificationId, ...fates });
    return fates['too-large'] > 0 ? 'too-large' : 'done';
  };

  async function send(
    { connectionId, lagging, since }: Subscription,
    { frame, notAfter, postBefore, storedAt }: Broadcast,
  ): Promise<Fate> {
    if (storedAt !== undefined && cameLater(since, storedAt)) return 'came-later';
    if (lagging || clock.now() >= postBefore) return 'waiting';
    try {
      const outcome = await post(connectionId, frame, notAfter);
      if (outcome === 'gone') await removeGone(connectionId);
      return outcome === 'throttled' || outcome === 'unavailable' ? 'waiting' : outcome;
    } catch (error) {
      // One connection that cannot be posted to must not keep the others waiting.
      logger.error('post-failed', error, { connectionId });
      return 'waiting';
    }
  }

  async function removeGone(connectionId: string): Promise<void> {
    try {
      await connections.remove(connectionId);
    } catch (error) {
      // The next notification finds it gone again.
      logger.error('removal-failed', error, { connectionId });
    }
  }

  /** Marked first: a delivery in the queue without a mark could be overtaken by the next notification. */
  async function queueUp(waiting: readonly PendingDelivery[]): Promise<void> {
    const owed = new Set<PendingDelivery>();
    await forEachBounded(waiting, POSTS_AT_ONCE, async (delivery) => {
      const { connectionId, channel, sequenceNumber } = delivery;
      if (await subscriptions.markLagging(connectionId, channel, sequenceNumber)) owed.add(delivery);
    });
    if (owed.size > 0) await deps.retries.enqueue([...owed]);
  }
};
