import type { MessageRepetition, ShardDelivery } from '../ports/queues.ts';
import { recent } from '../protocol/recent.ts';
import { forEachBounded } from './bounded.ts';
import { type DeliverShardDependencies, deliverShard } from './deliver-shard.ts';
import { lanesOf } from './lanes.ts';

/** One message of the delivery queue. */
export interface QueuedShardDelivery {
  readonly messageId: string;
  /** Of this receive. */
  readonly receiptHandle: string;
  /** How many times the queue has handed it out, this time included. */
  readonly receiveCount: number;
  readonly delivery: ShardDelivery;
}

const FURTHER_IN_SECONDS = 1;
const LONGEST_BACKOFF_IN_SECONDS = 60;

const REMEMBERED_INTERRUPTIONS = 100;

type Times = { readonly beginBefore: number; readonly postBefore: number };

/** A batch has ten messages at most, each perhaps of its own shard. Most of them take a few calls that wait, and few posts. */
const SHARDS_AT_ONCE = 10;

/**
 * The deliver function: entries of channels with many listeners, each to those of one shard; shards side by side, what is for one in the order of the
 * queue. Who cannot be reached gets it through the retry queue, as from the broadcaster.
 *
 * Resolves to the ids of the messages that have to come again: whose subscribers cannot be read, whose remaining deliveries cannot be queued, for
 * which time has run out; and those for the same shard behind it. `endsAt`: epoch milliseconds at which the invocation ends. No page is
 * begun in its second half, and no post in its last quarter: that is for what then has to be queued.
 */
export const deliver = (deps: DeliverShardDependencies & { readonly repetition: MessageRepetition }) => {
  const { clock, logger } = deps;
  const isDelivered = deliverShard(deps);
  /** Of messages that were interrupted: who has been told since its progress was noted. */
  const served = recent<Set<string>>(REMEMBERED_INTERRUPTIONS);

  return async (messages: readonly QueuedShardDelivery[], endsAt: number): Promise<readonly string[]> => {
    const quarter = (endsAt - clock.now()) / 4;
    const times = { beginBefore: endsAt - 2 * quarter, postBefore: endsAt - quarter };
    const failed: string[] = [];
    await forEachBounded(lanesOf(messages, shardOf), SHARDS_AT_ONCE, async (lane) => {
      for (const [index, message] of lane.entries()) {
        if (await isDone(message, times)) continue;
        failed.push(...lane.slice(index).map(({ messageId }) => messageId));
        return;
      }
    });
    return failed;
  };

  async function isDone(message: QueuedShardDelivery, times: Times): Promise<boolean> {
    const { messageId, receiveCount, delivery } = message;
    const { channel, shard, notificationId } = delivery;
    const which = { channel, shard, notificationId, receives: receiveCount };
    const has = served.get(messageId) ?? new Set();
    served.set(messageId, has);
    const course = { ...times, served: has, pages: 0 };
    try {
      if (await isDelivered(delivery, course)) {
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

function shardOf({ delivery }: QueuedShardDelivery): string {
  return `${delivery.shard} of ${delivery.channel}`;
}
