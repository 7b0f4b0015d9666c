import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway, PostOutcome } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { PendingDelivery, RetryQueue } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import { forEachBounded } from './bounded.ts';
import { persistentPost } from './persistent-post.ts';

/**
 * Posts of one channel that are asked for at once; what API Gateway answers in 10 ms then goes out at its account's 10,000 a second. Channels
 * side by side ask for more together than the gateway has under way, and take turns there.
 */
const POSTS_AT_ONCE = 100;

/** What is sent because of one entry, the same to each of its recipients. */
export interface Sending {
  readonly channel: string;
  /** Id of the entry, a notification most often. */
  readonly notificationId: string;
  /** Of the record it came with, by which its deliveries are marked. */
  readonly sequenceNumber: string;
  /** In their order; made once for all recipients. */
  readonly frames: readonly string[];
  /** Epoch milliseconds after which no post is tried again. */
  readonly notAfter: number;
  /** Epoch milliseconds after which no post is begun: who is left then gets it through the retry queue. */
  readonly postBefore: number;
  /** Connections that need nothing more; filled as it goes on, so that an interrupted broadcast can be taken up again. */
  readonly served: Set<string>;
}

export type Fate = 'delivered' | 'gone' | 'waiting' | 'too-large';

/** What could not be sent now, from the first frame on that has not arrived. */
interface Sent {
  readonly fate: Fate;
  readonly rest: readonly string[];
}

/**
 * Sends to these subscriptions, but for those that are served. Whoever cannot be reached now, or still waits for something earlier, gets it through the
 * retry queue, behind that. Throws when deliveries cannot be queued: what was sent until then stands in `served`. Resolves to
 * how many met which fate; `too-large` when API Gateway does not carry a frame. `momentInMilliseconds`: how long one connection is tried before it
 * waits in the retry queue, while those who come after it wait for their turn.
 */
export const sendFrames = (
  deps: {
    readonly subscriptions: SubscriptionStore;
    readonly connections: ConnectionStore;
    readonly gateway: ConnectionGateway;
    readonly retries: RetryQueue;
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
  },
  momentInMilliseconds: number,
) => {
  const { clock, connections, logger, subscriptions } = deps;
  const post = persistentPost(deps, momentInMilliseconds);

  return async (recipients: readonly Subscription[], sending: Sending): Promise<Record<Fate, number>> => {
    const { channel, notificationId, sequenceNumber, served } = sending;
    const fates = { delivered: 0, gone: 0, waiting: 0, 'too-large': 0 };
    const waiting: PendingDelivery[] = [];
    await forEachBounded(recipients, POSTS_AT_ONCE, async (subscription) => {
      const { connectionId, shard } = subscription;
      if (served.has(connectionId)) return;
      const { fate, rest } = await send(subscription, sending);
      fates[fate] += 1;
      if (fate === 'waiting') {
        waiting.push({ connectionId, channel, shard, notificationId, sequenceNumber, frames: rest });
      }
      if (fate === 'delivered' || fate === 'gone') served.add(connectionId);
    });
    await queueUp(waiting);
    for (const { connectionId } of waiting) served.add(connectionId);
    return fates;
  };

  async function send({ connectionId, lagging }: Subscription, sending: Sending): Promise<Sent> {
    const { frames, notAfter, postBefore } = sending;
    if (lagging || clock.now() >= postBefore) return { fate: 'waiting', rest: frames };
    for (const [index, frame] of frames.entries()) {
      const outcome = await postOne(connectionId, frame, notAfter);
      if (outcome === 'delivered') continue;
      if (outcome === 'gone') await removeGone(connectionId);
      const fate = outcome === 'throttled' || outcome === 'unavailable' ? 'waiting' : outcome;
      return { fate, rest: frames.slice(index) };
    }
    return { fate: 'delivered', rest: [] };
  }

  async function postOne(connectionId: string, frame: string, notAfter: number): Promise<PostOutcome> {
    try {
      return await post(connectionId, frame, notAfter);
    } catch (error) {
      // One connection that cannot be posted to must not keep the others waiting.
      logger.error('post-failed', error, { connectionId });
      return 'unavailable';
    }
  }

  async function removeGone(connectionId: string): Promise<void> {
    try {
      await connections.remove(connectionId);
    } catch (error) {
      // What comes next finds it gone again.
      logger.error('removal-failed', error, { connectionId });
    }
  }

  /** Marked first: a delivery in the queue without a mark could be overtaken by what comes next. */
  async function queueUp(waiting: readonly PendingDelivery[]): Promise<void> {
    const owed = new Set<PendingDelivery>();
    await forEachBounded(waiting, POSTS_AT_ONCE, async (delivery) => {
      if (await subscriptions.markLagging(delivery, delivery.sequenceNumber)) owed.add(delivery);
    });
    if (owed.size > 0) await deps.retries.enqueue([...owed]);
  }
};
