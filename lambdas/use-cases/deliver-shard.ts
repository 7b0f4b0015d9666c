import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DeliveryProgress } from '../ports/delivery-progress.ts';
import type { Logger } from '../ports/logger.ts';
import type { RetryQueue, ShardDelivery } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import { outlivesConnections } from '../protocol/connection-lifetime.ts';
import { readAhead } from './read-ahead.ts';
import { recipientsOf } from './recipients.ts';
import { type Fate, sendFrames } from './send-frames.ts';

export interface DeliverShardDependencies {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly progress: DeliveryProgress;
  readonly gateway: ConnectionGateway;
  readonly retries: RetryQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** One go at a shard. */
export interface Course {
  /** Epoch milliseconds before which a page may be begun. */
  readonly beginBefore: number;
  /** Epoch milliseconds before which a post may be begun: who is left of a page then gets it through the retry queue. */
  readonly postBefore: number;
  /** Connections that need nothing more, of those that are not passed; filled and emptied as it goes on. */
  readonly served: Set<string>;
  /** How many pages are passed. */
  pages: number;
}

/** How long one connection is tried before it waits in the retry queue. It keeps nobody waiting but the others of its shard. */
const MOMENT_IN_MILLISECONDS = 2_000;

/** How long a page is patient: after this none of its posts is tried again, or a gateway that is down would use up the function's time. */
const PATIENCE_IN_MILLISECONDS = 10_000;

/** How long a client event is worth something: what waits longer does so because there is more than the quota, and payments wait behind it. */
const CLIENT_EVENT_LIFE_IN_SECONDS = 30;

/**
 * Takes an entry to those of one shard, page by page, the next one being read while one is posted to. How far it is, is noted after
 * each page, and that it is done in the end: taken up again, it goes on there, and what is done is not begun again. What is
 * older than any connection is nobody's, and a client event that comes late is nothing to anybody. Resolves to whether it is done; else time has run out. Throws when subscribers cannot be read,
 * deliveries cannot be queued, or nothing can be noted.
 */
export const deliverShard = (deps: DeliverShardDependencies) => {
  const { clock, logger, progress, subscriptions } = deps;
  const send = sendFrames(deps, MOMENT_IN_MILLISECONDS);

  return async (delivery: ShardDelivery, course: Course): Promise<boolean> => {
    const { channel, kind, notificationId, sequenceNumber, shard, storedAt } = delivery;
    const which = { kind, channel, shard, notificationId };
    if (isOutdated(delivery)) {
      logger.warn('entry-outdated', { ...which, storedAt });
      await progress.noteDone(channel, shard, sequenceNumber);
      return true;
    }
    const far = await progress.progressOf(channel, shard, sequenceNumber);
    if (far === 'done') {
      logger.info('shard-done-before', which);
      return true;
    }
    const fates = { delivered: 0, gone: 0, waiting: 0, 'too-large': 0, 'came-later': 0 };
    for await (const page of readAhead(pagesOf(delivery, far.after))) {
      if (clock.now() >= course.beginBefore) return false;
      const sent = await sendTo(page, delivery, course);
      for (const fate of Object.keys(sent) as (keyof typeof sent)[]) fates[fate] += sent[fate];
    }
    await progress.noteDone(channel, shard, sequenceNumber);
    logger.info('shard-delivered', { ...which, ...fates });
    return true;
  };

  function isOutdated({ kind, storedAt }: ShardDelivery): boolean {
    if (storedAt === undefined) return false;
    const now = clock.now() / 1000;
    return (
      outlivesConnections(storedAt, now) ||
      (kind === 'client-event' && now - storedAt > CLIENT_EVENT_LIFE_IN_SECONDS)
    );
  }

  async function* pagesOf(
    { channel, shard, only }: ShardDelivery,
    after: string | undefined,
  ): AsyncGenerator<readonly Subscription[]> {
    if (only === undefined) {
      yield* subscriptions.subscribersOf(channel, shard, after);
      return;
    }
    const one = await subscriptions.findAt({ connectionId: only, channel, shard });
    if (one !== undefined) yield [one];
  }

  async function sendTo(
    page: readonly Subscription[],
    delivery: ShardDelivery,
    course: Course,
  ): Promise<Record<Fate | 'came-later', number>> {
    const { postBefore, served } = course;
    const { recipients, cameLater } = recipientsOf(page, delivery);
    const notAfter = Math.min(clock.now() + PATIENCE_IN_MILLISECONDS, postBefore);
    const sent = await send(recipients, { ...delivery, notAfter, postBefore, served });
    const last = page.at(-1);
    if (last !== undefined) {
      await progress.notePassed(delivery.channel, delivery.shard, delivery.sequenceNumber, last.connectionId);
      course.pages += 1;
      served.clear();
    }
    return { ...sent, 'came-later': cameLater };
  }
};
