import type { ShardDelivery } from '../../../lambdas/ports/queues.ts';
import { deliver, type QueuedShardDelivery } from '../../../lambdas/use-cases/deliver.ts';
import { CHANNEL, frame, sequence } from './notification-records.ts';
import type { World } from './world.ts';

export const TIMEOUT_IN_MILLISECONDS = 30_000;

/** An environment of the deliver function, with the whole of its time before it at each call. */
export function delivering(world: World): (...messages: QueuedShardDelivery[]) => Promise<readonly string[]> {
  const deliverAll = deliver(world);
  return (...messages) => deliverAll(messages, world.clock.now() + TIMEOUT_IN_MILLISECONDS);
}

/** The message of a notification `id` for a shard. */
export const queued = (
  id: string,
  more: Partial<ShardDelivery> = {},
  receiveCount = 1,
): QueuedShardDelivery => messageOf({ ...shardDelivery(id), ...more }, receiveCount);

export const messageOf = (delivery: ShardDelivery, receiveCount = 1): QueuedShardDelivery => ({
  messageId: `message-${delivery.channel}-${delivery.shard}-${delivery.notificationId}`,
  receiptHandle: `handle-${delivery.notificationId}`,
  receiveCount,
  delivery,
});

export const shardDelivery = (id: string): ShardDelivery => ({
  channel: CHANNEL,
  shard: 0,
  kind: 'notification',
  notificationId: id,
  sequenceNumber: sequence(id),
  frames: [frame(id)],
});
