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
/** A page of 500 whose connections all wait is 50 batches: these are seven round trips then. */
const BATCHES_AT_ONCE = 8;
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

/** Where batches are sent to, and with what. */
interface Destination {
  readonly client: SQSClient;
  readonly clock: Clock;
  readonly queueUrl: string;
}

/**
 * Sends all messages, several batches at once where each group is in one of them alone, else one batch after the other: a group keeps its
 * order. What a batch was not taken of is sent again before any that follow. Throws when one of them is not taken in the end, after all that
 * was under way has come to rest; the others may have been.
 */
export async function sendBatches(
  destination: Destination,
  messages: readonly QueueMessage[],
): Promise<void> {
  const batches = batchesOf(messages);
  const queue = batches.values();
  const failures: unknown[] = [];
  const sendOneByOne = async (): Promise<void> => {
    for (const batch of queue) {
      if (failures.length > 0) return;
      try {
        await sendBatch(destination, batch);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const atOnce = isAnyGroupInTwo(batches) ? 1 : Math.min(BATCHES_AT_ONCE, batches.length);
  await Promise.all(Array.from({ length: atOnce }, sendOneByOne));
  if (failures.length > 0) throw failures[0];
}

async function sendBatch({ client, clock, queueUrl }: Destination, batch: Batch): Promise<void> {
  let remaining = batch;
  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: [...remaining] }),
    );
    const failed = new Set(Failed.map(({ Id }) => Id));
    remaining = remaining.filter(({ Id }) => failed.has(Id));
    if (remaining.length === 0) return;
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

type Batch = readonly SendMessageBatchRequestEntry[];

/** Within a batch no group is twice, so there is more than one batch of it if there is more than one message. */
function isAnyGroupInTwo(batches: readonly Batch[]): boolean {
  const groups = batches.flat().flatMap(({ MessageGroupId }) => MessageGroupId ?? []);
  return new Set(groups).size < groups.length;
}

/**
 * At most one message of a group a batch: when a batch is taken in part, what is sent again must not land behind a later message of
 * its own group.
 */
function batchesOf(messages: readonly QueueMessage[]): readonly Batch[] {
  const batches: Batch[] = [];
  let batch: SendMessageBatchRequestEntry[] = [];
  let groups = new Set<string>();
  let bytes = 0;
  for (const { body, group, deduplicationId } of messages) {
    const size = Buffer.byteLength(body);
    const isFull = batch.length === MESSAGES_A_BATCH || bytes + size > BYTES_A_BATCH;
    if (batch.length > 0 && (isFull || (group !== undefined && groups.has(group)))) {
      batches.push(batch);
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
  if (batch.length > 0) batches.push(batch);
  return batches;
}
