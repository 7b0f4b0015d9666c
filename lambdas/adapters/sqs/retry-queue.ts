import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import type { PendingDelivery, RetryQueue } from '../../ports/queues.ts';
import { fingerprint } from '../../protocol/fingerprint.ts';
import { jitteredBackoff } from '../system/backoff.ts';
import { messageBody } from './message-body.ts';
import { SqsQueue } from './sqs-queue.ts';

const MESSAGES_A_BATCH = 10;
/** A quarter of what SQS takes in one call today and all it took before: large frames go in smaller batches. */
const BYTES_A_BATCH = 256 * 1024;
const ATTEMPTS = 5;
const BACKOFF_BASE_IN_MILLISECONDS = 50;
const BACKOFF_CEILING_IN_MILLISECONDS = 500;

/** FIFO: the group of a message is its connection and channel, so each connection sees each channel in order. */
export class SqsRetryQueue extends SqsQueue implements RetryQueue {
  async enqueue(deliveries: readonly PendingDelivery[]): Promise<void> {
    for (const batch of batchesOf(deliveries, crypto.randomUUID())) {
      await this.#send(batch);
    }
  }

  async #send(batch: readonly SendMessageBatchRequestEntry[]): Promise<void> {
    let remaining = [...batch];
    for (let attempt = 1; ; attempt++) {
      const answer = await this.client.send(
        new SendMessageBatchCommand({ QueueUrl: this.queueUrl, Entries: remaining }),
      );
      const failed = new Map((answer.Failed ?? []).map((failure) => [failure.Id, failure]));
      remaining = remaining.filter(({ Id }) => failed.has(Id));
      if (remaining.length === 0) {
        return;
      }
      const faults = [...failed.values()];
      if (attempt === ATTEMPTS || faults.some(({ SenderFault }) => SenderFault === true)) {
        const codes = [...new Set(faults.map(({ Code }) => Code))].join(', ');
        throw new Error(
          `${remaining.length} of ${batch.length} deliveries could not be queued for retry (${codes}); ` +
            'their notification has to be broadcast again.',
        );
      }
      await this.clock.sleep(
        jitteredBackoff(attempt, BACKOFF_BASE_IN_MILLISECONDS, BACKOFF_CEILING_IN_MILLISECONDS),
      );
    }
  }
}

/**
 * At most one message of a group a batch: when a batch is taken in part, what is sent again must not land behind a later
 * message of its own group.
 *
 * SQS takes a deduplication id once in five minutes, also when its message has long been delivered. So the id names the attempt:
 * what an answer that was lost makes us send again is taken once, what is queued anew is taken anew.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
 */
function* batchesOf(
  deliveries: readonly PendingDelivery[],
  attempt: string,
): Generator<SendMessageBatchRequestEntry[]> {
  let batch: SendMessageBatchRequestEntry[] = [];
  let groups = new Set<string>();
  let bytes = 0;
  for (const delivery of deliveries) {
    const body = messageBody(delivery);
    const size = Buffer.byteLength(body);
    const group = fingerprint(delivery.connectionId, delivery.channel);
    const full = batch.length === MESSAGES_A_BATCH || bytes + size > BYTES_A_BATCH || groups.has(group);
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      groups = new Set();
      bytes = 0;
    }
    batch.push({
      Id: String(batch.length),
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: fingerprint(
        delivery.connectionId,
        delivery.channel,
        delivery.notificationId,
        attempt,
      ),
    });
    groups.add(group);
    bytes += size;
  }
  if (batch.length > 0) {
    yield batch;
  }
}
