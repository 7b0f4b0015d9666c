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

/**
 * Sends all bodies to a standard queue, and again what a batch was not taken of. Throws when one of them is not taken in the end;
 * the others may have been.
 */
export async function sendBatches(
  {
    client,
    clock,
    queueUrl,
  }: { readonly client: SQSClient; readonly clock: Clock; readonly queueUrl: string },
  bodies: readonly string[],
): Promise<void> {
  for (const batch of batchesOf(bodies)) {
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
        throw new Error(`${remaining.length} of ${batch.length} messages could not be queued (${codes}).`);
      }
      await clock.sleep(
        jitteredBackoff(attempt, BACKOFF_BASE_IN_MILLISECONDS, BACKOFF_CEILING_IN_MILLISECONDS),
      );
    }
  }
}

function* batchesOf(bodies: readonly string[]): Generator<SendMessageBatchRequestEntry[]> {
  let batch: SendMessageBatchRequestEntry[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (batch.length === MESSAGES_A_BATCH || (batch.length > 0 && bytes + size > BYTES_A_BATCH)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ Id: String(batch.length), MessageBody: body });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
