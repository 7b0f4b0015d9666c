import { Duration, Validations } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { PregoneroFunction } from './pregonero-function.ts';

/** Time-out of every function behind a queue. */
export const QUEUE_CONSUMER_TIMEOUT = Duration.seconds(15);

/**
 * Six times the time-out, as Lambda asks for. A failed message comes back only after it, hence the short time-out.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_TIMEOUT = Duration.seconds(6 * QUEUE_CONSUMER_TIMEOUT.toSeconds());

const MAX_RECEIVE_COUNT = 5;

const kept = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  // As long as SQS keeps anything.
  retentionPeriod: Duration.days(14),
} satisfies QueueProps;

/** A queue that is empty while all is well, and that nobody but an operator takes from. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, props: Pick<QueueProps, 'fifo'> = {}) {
    super(scope, id, { ...kept, ...props });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where dead letters end; an alarm tells when it is not empty.',
    });
  }
}

/** A queue that a function works off; what it cannot work off ends in `deadLetters`. */
export class WorkQueue extends Queue {
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: Pick<QueueProps, 'fifo'> = {}) {
    const deadLetters = new DeadLetterQueue(scope, `${id}DeadLetter`, props);
    super(scope, id, {
      ...kept,
      ...props,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    this.deadLetters = deadLetters;
  }

  /** `consumer` must have {@link QUEUE_CONSUMER_TIMEOUT}. */
  feed(consumer: PregoneroFunction): void {
    consumer.takesFrom(this);
    new EventSourceMapping(consumer, 'Queue', {
      target: consumer,
      eventSourceArn: this.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
    });
  }
}
