import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DeliveryProgress } from '../ports/delivery-progress.ts';
import type { Logger } from '../ports/logger.ts';
import type { MessageRepetition, RetryQueue, ShardDelivery } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import { outlivesConnections } from '../protocol/connection-lifetime.ts';
import { recent } from '../protocol/recent.ts';
import { readAhead } from './read-ahead.ts';
import { recipientsOf } from './recipients.ts';
import { type Fate, sendFrames } from './send-frames.ts';

/** One message of the delivery queue. */
export interface QueuedShardDelivery {
  readonly messageId: string;
  /** Of this receive. */
  readonly receiptHandle: string;
  /** How many times the queue has handed it out, this time included. */
  readonly receiveCount: number;
  readonly delivery: ShardDelivery;
}

export interface DeliverDependencies {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly progress: DeliveryProgress;
  readonly gateway: ConnectionGateway;
  readonly retries: RetryQueue;
  readonly repetition: MessageRepetition;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Epoch milliseconds before which a page may be begun, and a post of it. */
interface Times {
  readonly beginBefore: number;
  readonly postBefore: number;
}

/** How long one connection is tried before it waits in the retry queue. It keeps nobody waiting but the others of its shard. */
const MOMENT_IN_MILLISECONDS = 2_000;

/** How long a page is patient: after this none of its posts is tried again, or a gateway that is down would use up the function's time. */
const PATIENCE_IN_MILLISECONDS = 10_000;

const FURTHER_IN_SECONDS = 1;
const LONGEST_BACKOFF_IN_SECONDS = 60;

const REMEMBERED_INTERRUPTIONS = 100;

/**
 * The deliver function: an entry of a channel with many listeners, to those of one shard, page by page, the next one being read while one is posted to.
 * Who cannot be reached gets it through the retry queue, as from the broadcaster. How far it is, is noted after each page, and that it is
 * done in the end: whoever takes a message up again goes on there.
 *
 * Resolves to the ids of the messages that have to come again, in the order of the queue: whose subscribers cannot be read, whose remaining
 * deliveries cannot be queued, for which time has run out; and those behind it, which could be of its group. `endsAt`: epoch milliseconds at which the
 * invocation ends. No page is begun in its second half, and no post in its last quarter: that is for what then has to be queued.
 */
export const deliver = (deps: DeliverDependencies) => {
  const { clock, logger, progress, subscriptions } = deps;
  const send = sendFrames(deps, MOMENT_IN_MILLISECONDS);
  /** Of messages that were interrupted: who has been told since its progress was noted. */
  const served = recent<Set<string>>(REMEMBERED_INTERRUPTIONS);

  return async (messages: readonly QueuedShardDelivery[], endsAt: number): Promise<readonly string[]> => {
    const quarter = (endsAt - clock.now()) / 4;
    const times = { beginBefore: endsAt - 2 * quarter, postBefore: endsAt - quarter };
    for (const [index, message] of messages.entries()) {
      if (await isDone(message, times)) continue;
      return messages.slice(index).map(({ messageId }) => messageId);
    }
    return [];
  };

  async function isDone(message: QueuedShardDelivery, times: Times): Promise<boolean> {
    const { messageId, receiveCount, delivery } = message;
    const { channel, shard, notificationId } = delivery;
    const which = { channel, shard, notificationId, receives: receiveCount };
    const course = { pages: 0, served: served.get(messageId) ?? new Set<string>() };
    served.set(messageId, course.served);
    try {
      if (await isDelivered(delivery, course, times)) {
        served.delete(messageId);
        return true;
      }
      logger.info('shard-postponed', { ...which, pages: course.pages });
    } catch (error) {
      logger.error('shard-interrupted', error, which);
    }
    await postpone(message, course.pages > 0);
    return false;
  }

  /** False when time has run out. */
  async function isDelivered(
    delivery: ShardDelivery,
    course: { pages: number; readonly served: Set<string> },
    { beginBefore, postBefore }: Times,
  ): Promise<boolean> {
    const { channel, kind, notificationId, sequenceNumber, shard, storedAt } = delivery;
    const which = { kind, channel, shard, notificationId };
    if (storedAt !== undefined && outlivesConnections(storedAt, clock.now() / 1000)) {
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
      if (clock.now() >= beginBefore) return false;
      const { recipients, cameLater } = recipientsOf(page, delivery);
      const notAfter = Math.min(clock.now() + PATIENCE_IN_MILLISECONDS, postBefore);
      const sent = await send(recipients, { ...delivery, notAfter, postBefore, served: course.served });
      for (const fate of Object.keys(sent) as Fate[]) fates[fate] += sent[fate];
      fates['came-later'] += cameLater;
      const last = page.at(-1);
      if (last === undefined) continue;
      await progress.notePassed(channel, shard, sequenceNumber, last.connectionId);
      course.pages += 1;
      course.served.clear();
    }
    await progress.noteDone(channel, shard, sequenceNumber);
    logger.info('shard-delivered', { ...which, ...fates });
    return true;
  }

  async function* pagesOf(
    { channel, shard, only }: ShardDelivery,
    after: string | undefined,
  ): AsyncGenerator<readonly Subscription[]> {
    if (only === undefined) {
      yield* subscriptions.subscribersOf(channel, shard, after);
      return;
    }
    const one = await subscriptions.find(only, channel);
    if (one?.shard === shard) yield [one];
  }

  /** Behind it the whole shard waits: soon again where that helps, less often where it does not. */
  async function postpone(
    { receiptHandle, receiveCount }: QueuedShardDelivery,
    isFurther: boolean,
  ): Promise<void> {
    const inSeconds = isFurther
      ? FURTHER_IN_SECONDS
      : Math.min(LONGEST_BACKOFF_IN_SECONDS, 2 ** (receiveCount - 1));
    try {
      await deps.repetition.postpone([{ receiptHandle, inSeconds }]);
    } catch (error) {
      // It comes again all the same, when the time of its queue is over.
      logger.warn('delivery-not-postponed', { reason: String(error) });
    }
  }
};
