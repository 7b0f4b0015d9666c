import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { ExpirySchedule } from '../../ports/queues.ts';
import { messageBody } from './message-body.ts';
import { delayOf } from './message-delay.ts';
import { SqsQueue } from './sqs-queue.ts';

/** Wakes early what lies more than 15 minutes ahead; the woken schedules it again. */
export class SqsExpirySchedule extends SqsQueue implements ExpirySchedule {
  async schedule(connectionId: string, at: number): Promise<void> {
    await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: messageBody({ connectionId, at }),
        DelaySeconds: delayOf(at - this.clock.now() / 1_000),
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
