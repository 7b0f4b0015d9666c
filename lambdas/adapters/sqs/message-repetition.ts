import { ChangeMessageVisibilityBatchCommand } from '@aws-sdk/client-sqs';
import type { MessageRepetition } from '../../ports/queues.ts';
import { SqsQueue } from './sqs-queue.ts';

const MESSAGES_A_BATCH = 10;

/**
 * A message that failed is hidden for another while than that of its queue. One whose handle is not valid any more has been given
 * out again already, and is left to whoever has it.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
 */
export class SqsMessageRepetition extends SqsQueue implements MessageRepetition {
  async postpone(
    messages: readonly { readonly receiptHandle: string; readonly inSeconds: number }[],
  ): Promise<void> {
    const failed: (string | undefined)[] = [];
    for (let start = 0; start < messages.length; start += MESSAGES_A_BATCH) {
      const { Failed = [] } = await this.client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.queueUrl,
          Entries: messages
            .slice(start, start + MESSAGES_A_BATCH)
            .map(({ receiptHandle, inSeconds }, index) => ({
              Id: String(index),
              ReceiptHandle: receiptHandle,
              VisibilityTimeout: inSeconds,
            })),
        }),
      );
      failed.push(...Failed.map(({ Code }) => Code));
    }
    if (failed.length > 0) {
      const codes = [...new Set(failed)].join(', ');
      throw new Error(`${failed.length} of ${messages.length} messages could not be postponed (${codes}).`);
    }
  }
}
