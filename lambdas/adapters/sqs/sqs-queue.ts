import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../ports/clock.ts';

/** A queue whose messages depend on the time, or on how long to wait before sending them again. */
export abstract class SqsQueue {
  protected readonly client: SQSClient;
  protected readonly clock: Clock;
  protected readonly queueUrl: string;

  constructor(client: SQSClient, clock: Clock, queueUrl: string) {
    this.client = client;
    this.clock = clock;
    this.queueUrl = queueUrl;
  }
}
