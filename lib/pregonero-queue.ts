import { Duration, Validations } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from './deployment-config.ts';
import type { PregoneroFunction } from './pregonero-function.ts';

/** Time-out of a function behind a queue, unless the queue says otherwise. */
export const QUEUE_CONSUMER_TIMEOUT = Duration.seconds(15);

/**
 * What Lambda asks for as visibility time-out. A failed message comes back only after it, hence the short time-outs.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const TIMEOUTS_A_MESSAGE_IS_HIDDEN = 6;

/**
 * Receives count whether the function saw the message or was throttled, so that few of them would give up in a brownout what was
 * never tried. With the usual time-out these are two and a half hours, longer than any connection lives: who gives up
 * earlier is the function, which knows how to. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
const MAX_RECEIVE_COUNT = 100;

/**
 * Batches with the function at once. Without a limit Lambda takes up to a thousand, the account has no room for them, and all
 * of them post to a gateway that has just asked for less.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const MAX_CONCURRENCY = 20;

export interface PregoneroQueueProps {
  readonly config: DeploymentConfig;
  /** Of the queue, after `pregonero-{stage}-`. */
  readonly name: string;
  /** @default false */
  readonly fifo?: boolean;
}

/** A queue with the house's defaults. */
abstract class PregoneroQueue extends Queue {
  readonly #name: string;

  constructor(scope: Construct, id: string, props: PregoneroQueueProps, more: QueueProps = {}) {
    const { config, name, fifo = false } = props;
    const queueName = `pregonero-${config.stage}-${name}${fifo ? '.fifo' : ''}`;
    super(scope, id, {
      queueName,
      // High throughput: 300 calls a second would be few for all connections of an app that cannot be reached.
      ...(fifo && {
        fifo,
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // What the functions count on. Said, since a queue from before August 2025 keeps its quarter of that.
      // Source: https://aws.amazon.com/about-aws/whats-new/2025/08/amazon-sqs-max-payload-size-1mib/
      maxMessageSizeBytes: 1024 * 1024,
      // As long as SQS keeps anything.
      retentionPeriod: Duration.days(14),
      ...more,
    });
    this.#name = queueName;
  }

  /** By name, as {@link PregoneroFunction.metric} and for the same reason. */
  override metric(metricName: string, props?: MetricOptions): Metric {
    return new Metric({
      namespace: 'AWS/SQS',
      metricName,
      dimensionsMap: { QueueName: this.#name },
      ...props,
    });
  }
}

/** A queue that is empty while all is well, and that nobody but an operator takes from. */
export class DeadLetterQueue extends PregoneroQueue {
  constructor(scope: Construct, id: string, props: PregoneroQueueProps) {
    super(scope, id, props);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself where dead letters end; an alarm tells when it is not empty.',
    });
  }
}

export interface WorkQueueProps extends PregoneroQueueProps {
  /** @default 100 */
  readonly maxReceiveCount?: number;
  /**
   * Of the function that works it off.
   * @default QUEUE_CONSUMER_TIMEOUT
   */
  readonly consumerTimeout?: Duration;
  /** Gathers more than one batch of SQS for a call; standard queues only. */
  readonly gathers?: { readonly upTo: number; readonly during: Duration };
}

/** A queue that a function works off; what it cannot work off ends in `deadLetters`. */
export class WorkQueue extends PregoneroQueue {
  readonly deadLetters: DeadLetterQueue;
  readonly #gathers: WorkQueueProps['gathers'];

  constructor(scope: Construct, id: string, { maxReceiveCount, gathers, ...given }: WorkQueueProps) {
    const { consumerTimeout = QUEUE_CONSUMER_TIMEOUT, ...props } = given;
    const deadLetters = new DeadLetterQueue(scope, `${id}DeadLetter`, {
      ...props,
      name: `${props.name}-dead-letter`,
    });
    super(scope, id, props, {
      // Messages are received when the gathering begins.
      visibilityTimeout: Duration.seconds(
        TIMEOUTS_A_MESSAGE_IS_HIDDEN * consumerTimeout.toSeconds() + (gathers?.during.toSeconds() ?? 0),
      ),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceiveCount ?? MAX_RECEIVE_COUNT },
    });
    this.deadLetters = deadLetters;
    this.#gathers = gathers;
  }

  /** `consumer` must have the time-out that the queue was made for. `maxConcurrency`: calls at once. */
  feed(consumer: PregoneroFunction, maxConcurrency = MAX_CONCURRENCY): void {
    consumer.takesFrom(this);
    new EventSourceMapping(consumer, 'Queue', {
      target: consumer,
      eventSourceArn: this.queueArn,
      batchSize: this.#gathers?.upTo ?? 10,
      ...(this.#gathers !== undefined && { maxBatchingWindow: this.#gathers.during }),
      maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
