import type { MessageRepetition, ShardDelivery } from '../ports/queues.ts';
import { recent } from '../protocol/recent.ts';
import { forEachBounded } from './bounded.ts';
import { type Course, type DeliverShardDependencies, deliverShard } from './deliver-shard.ts';
import { lanesOf } from './lanes.ts';
import { postpone } from './postpone.ts';

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
  const again = postpone(deps);
  /** Of messages that were interrupted: who has been told since its progress was noted. */
  const served = recent<Set<string>>(REMEMBERED_INTERRUPTIONS);

  return async (messages: readonly QueuedShardDelivery[], endsAt: number): Promise<readonly string[]> => {
    const quarter = (endsAt - clock.now()) / 4;
    const times = { beginBefore: endsAt - 2 * quarter, postBefore: endsAt - quarter };
    const failed: string[] = [];
    await forEachBounded(lanesOf(messages, shardOf), SHARDS_AT_ONCE, async (lane) => {
      for (const [index, message] of lane.entries()) {
        const course = { ...times, served: servedBy(message), pages: 0 };
        if (await isDone(message, course)) continue;
        const rest = lane.slice(index);
        await comeAgain(rest, message.receiveCount, course.pages > 0);
        failed.push(...rest.map(({ messageId }) => messageId));
        return;
      }
    });
    return failed;
  };

  function servedBy({ messageId }: QueuedShardDelivery): Set<string> {
    const has = served.get(messageId) ?? new Set();
    served.set(messageId, has);
    return has;
  }

  async function isDone(message: QueuedShardDelivery, course: Course): Promise<boolean> {
    const { messageId, receiveCount, delivery } = message;
    const { channel, shard, notificationId } = delivery;
    const which = { channel, shard, notificationId, receives: receiveCount };
    try {
      if (await isDelivered(delivery, course)) {
        served.delete(messageId);
        return true;
      }
      logger.info('shard-postponed', { ...which, pages: course.pages });
    } catch (error) {
      logger.error('shard-interrupted', error, which);
    }
    return false;
  }

  /**
   * Behind it the whole shard waits: soon again where that helps, less often where it does not. And with it what was taken from the queue behind it:
   * a group goes on only when all that was taken of it is there again.
   * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html
   */
  async function comeAgain(
    messages: readonly QueuedShardDelivery[],
    receives: number,
    isFurther: boolean,
  ): Promise<void> {
    const inSeconds = isFurther
      ? FURTHER_IN_SECONDS
      : Math.min(LONGEST_BACKOFF_IN_SECONDS, 2 ** (receives - 1));
    await again(
      messages.map(({ receiptHandle }) => ({ receiptHandle, inSeconds })),
      'delivery-not-postponed',
    );
  }
};

function shardOf({ delivery }: QueuedShardDelivery): string {
  return `${delivery.shard} of ${delivery.channel}`;
}
