import type { DeliveryQueue, ShardDelivery } from '../../ports/queues.ts';
import { fingerprint } from '../../protocol/fingerprint.ts';
import { messageBody } from './message-body.ts';
import { type QueueMessage, sendBatches } from './send-batches.ts';
import { SqsQueue } from './sqs-queue.ts';

/** FIFO: the group of a message is its channel and shard, so each shard gets what happens on the channel in order, and waits for no other. */
export class SqsDeliveryQueue extends SqsQueue implements DeliveryQueue {
  async enqueue(deliveries: readonly ShardDelivery[]): Promise<void> {
    const { client, clock, queueUrl } = this;
    await sendBatches({ client, clock, queueUrl }, deliveries.map(messageOf));
  }
}

/** An entry is known by its place in the stream: a row that is deleted and written again under its id is another one. */
function messageOf(delivery: ShardDelivery): QueueMessage {
  const { channel, shard, sequenceNumber } = delivery;
  return {
    body: messageBody(delivery),
    group: fingerprint(channel, String(shard)),
    deduplicationId: fingerprint(channel, String(shard), sequenceNumber),
  };
}
