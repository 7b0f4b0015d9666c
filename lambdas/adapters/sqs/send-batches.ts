import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock } from '../../ports/clock.ts';
import { jitteredBackoff } from '../system/backoff.ts';

const MESSAGES_A_BATCH = 10;
/** A quarter of what SQS takes in one call today and all it took before: large messages go in smaller batches. */
const BYTES_A_BATCH = 256 * 1024;
const ATTEMPTS = 5;
const BACKOFF_BASE_IN_MILLISECONDS = 50;
const BACKOFF_CEILING_IN_MILLISECONDS = 500;

export interface QueueMessage {
  readonly body: string;
  /** FIFO queues only. */
  readonly group?: string;
  /** FIFO queues only: a message with the same id is taken once in five minutes. */
  readonly deduplicationId?: string;
}

/**
 * Sends all messages, and again what a batch was not taken of, before any that follow. Throws when one of them is not taken in the
 * end; the others may have been.
 */
export async function sendBatches(
  {
    client,
    clock,
    queueUrl,
  }: { readonly client: SQSClient; readonly clock: Clock; readonly queueUrl: string },
  messages: readonly QueueMessage[],
): Promise<void> {
  for (const batch of batchesOf(messages)) {
    let remaining = batch;
    for (let attempt = 1; remaining.length > 0; attempt++) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: remaining }),
      );
      const failed = new Set(Failed.map(({ Id }) => Id));
      remaining = remaining.filter(({ Id }) => failed.has(Id));
      if (remaining.length === 0) break;
      if (attempt === ATTEMPTS || Failed.some(({ SenderFault }) => SenderFault === true)) {
        const codes = [...new Set(Failed.map(({ Code }) => Code))].join(', ');
        const queue = queueUrl.split('/').at(-1);
        throw new Error(
          `${remaining.length} of ${batch.length} messages could not be queued (${codes}) in ${queue}; ` +
            'what they were sent for has to be done again.',
        );
      }
      await clock.sleep(
        jitteredBackoff(attempt, BACKOFF_BASE_IN_MILLISECONDS, BACKOFF_CEILING_IN_MILLISECONDS),
      );
    }
  }
}

/**
 * At most one message of a group a batch: when a batch is taken in part, what is sent again must not land behind a later message of
 * its own group.
 */
function* batchesOf(messages: readonly QueueMessage[]): Generator<SendMessageBatchRequestEntry[]> {
  let batch: SendMessageBatchRequestEntry[] = [];
  let groups = new Set<string>();
  let bytes = 0;
  for (const { body, group, deduplicationId } of messages) {
    const size = Buffer.byteLength(body);
    const isFull = batch.length === MESSAGES_A_BATCH || bytes + size > BYTES_A_BATCH;
    if (batch.length > 0 && (isFull || (group !== undefined && groups.has(group)))) {
      yield batch;
      batch = [];
      groups = new Set();
      bytes = 0;
    }
    batch.push({
      Id: String(batch.length),
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId: deduplicationId,
    });
    if (group !== undefined) groups.add(group);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
