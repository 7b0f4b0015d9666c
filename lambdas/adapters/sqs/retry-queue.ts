import type { PendingDelivery, RetryQueue } from '../../ports/queues.ts';
import { fingerprint } from '../../protocol/fingerprint.ts';
import { messageBody } from './message-body.ts';
import { type QueueMessage, sendBatches } from './send-batches.ts';
import { SqsQueue } from './sqs-queue.ts';

/** FIFO: the group of a message is its connection and channel, so each connection sees each channel in order. */
export class SqsRetryQueue extends SqsQueue implements RetryQueue {
  async enqueue(deliveries: readonly PendingDelivery[]): Promise<void> {
    const attempt = crypto.randomUUID();
    const { client, clock, queueUrl } = this;
    await sendBatches(
      { client, clock, queueUrl },
      deliveries.map((delivery) => messageOf(delivery, attempt)),
    );
  }
}

/**
 * SQS takes a deduplication id once in five minutes, also when its message has long been delivered. So the id names the attempt:
 * what an answer that was lost makes us send again is taken once, what is queued anew is taken anew.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
 */
function messageOf(delivery: PendingDelivery, attempt: string): QueueMessage {
  const { connectionId, channel, notificationId } = delivery;
  return {
    body: messageBody(delivery),
    group: fingerprint(connectionId, channel),
    deduplicationId: fingerprint(connectionId, channel, notificationId, attempt),
  };
}
