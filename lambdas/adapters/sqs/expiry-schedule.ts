import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ExpirySchedule } from '../../ports/queues.ts';
import { messageBody } from './message-body.ts';
import { SqsQueue } from './sqs-queue.ts';

/** The longest delay SQS offers. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const MAX_DELAY_IN_SECONDS = 900;

/** Wakes early what lies more than 15 minutes ahead; the woken schedules it again. */
export class SqsExpirySchedule extends SqsQueue implements ExpirySchedule {
  async schedule(connectionId: string, at: number): Promise<void> {
    const ahead = Math.ceil(at - this.clock.now() / 1_000);
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: messageBody({ connectionId, at }),
        DelaySeconds: Math.min(MAX_DELAY_IN_SECONDS, Math.max(0, ahead)),
      }),
    );
  }
}

/** One message of the expiry queue. */
export interface Expiry {
  readonly connectionId: string;
  /** Epoch seconds. */
  readonly at: number;
}

/** Reads a message of the queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. */
export function readExpiry(body: string): Expiry {
  const { connectionId, at } = JSON.parse(body) as Record<string, unknown>;
  if (typeof connectionId !== 'string' || typeof at !== 'number') {
    throw new TypeError('a message of the expiry queue must carry connectionId, a string, and at, a number');
  }
  return { connectionId, at };
}
