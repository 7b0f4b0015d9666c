import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { PregoneroFunction } from './pregonero-function.ts';
import { PregoneroQueue } from './pregonero-queue.ts';
import type { ManagementEndpoint } from './websocket-endpoint.ts';

export interface FanOutProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
  readonly endpoint: ManagementEndpoint;
}

const QUEUE_CONSUMER_TIMEOUT = Duration.seconds(10);
/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY = Duration.seconds(6 * QUEUE_CONSUMER_TIMEOUT.toSeconds());
const MAX_RECEIVES = 5;

/** The consumers of both streams and the queues behind them: greeting and clean-up, broadcast, delivery, expiry. */
export class FanOut extends Construct {
  readonly functions: readonly PregoneroFunction[];
  /** Consumers of streams: the age of what they have not read yet is what a user waits. */
  readonly streamConsumers: readonly PregoneroFunction[];
  /** Queues that must stay empty. */
  readonly deadLetterQueues: Readonly<Record<string, IQueue>>;

  constructor(scope: Construct, id: string, { config, data, endpoint }: FanOutProps) {
    super(scope, id);
    const deadLetters = new PregoneroQueue(this, 'DeadLetter');
    const streamFailures = new PregoneroQueue(this, 'StreamFailures');
    const retryDeadLetters = new PregoneroQueue(this, 'RetryDeadLetter', { fifo: true });
    const retry = new PregoneroQueue(this, 'Retry', {
      fifo: true,
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: retryDeadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    const expiryDeadLetters = new PregoneroQueue(this, 'ExpiryDeadLetter');
    const expiry = new PregoneroQueue(this, 'Expiry', {
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: expiryDeadLetters, maxReceiveCount: MAX_RECEIVES },
    });

    const lifecycle = new PregoneroFunction(this, 'Lifecycle', {
      config,
      name: 'lifecycle',
      description: 'Greets new connections and cleans up after removed ones',
      timeout: Duration.seconds(30),
    });
    lifecycle.usesTable(environmentNames.connectionsTable, data.connections, [
      'Query',
      'GetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'ConditionCheckItem',
      'BatchWriteItem',
    ]);
    lifecycle.knows('channelPattern', 'activityTimeoutInSeconds', 'limits');
    lifecycle.sendsTo(environmentNames.expiryQueueUrl, expiry);
    lifecycle.managesConnections(endpoint);
    consumeStream(lifecycle, data.connections, streamFailures, {
      eventName: FilterRule.or('INSERT', 'REMOVE'),
      dynamodb: { Keys: { sk: { S: FilterRule.isEqual('connection') } } },
    });

    const broadcast = new PregoneroFunction(this, 'Broadcast', {
      config,
      name: 'broadcast',
      description: 'Posts stored notifications to the subscribers of their channels',
      timeout: Duration.minutes(2),
      // One whole core on arm64: the work is signing and sockets.
      memorySizeInMegabytes: 1769,
    });
    broadcast.usesTable(environmentNames.connectionsTable, data.connections, [
      'Query',
      'GetItem',
      'UpdateItem',
      'DeleteItem',
    ]);
    broadcast.sendsTo(environmentNames.retryQueueUrl, retry);
    broadcast.sendsTo(environmentNames.deadLetterQueueUrl, deadLetters);
    broadcast.managesConnections(endpoint);
    consumeStream(broadcast, data.notifications, streamFailures, { eventName: FilterRule.isEqual('INSERT') });

    const deliver = new PregoneroFunction(this, 'Deliver', {
      config,
      name: 'deliver',
      description: 'Delivers what the broadcaster could not',
      timeout: QUEUE_CONSUMER_TIMEOUT,
    });
    deliver.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'UpdateItem',
      'DeleteItem',
    ]);
    deliver.managesConnections(endpoint);
    consumeQueue(deliver, retry);

    const expire = new PregoneroFunction(this, 'Expire', {
      config,
      name: 'expire',
      description: 'Closes connections whose token has expired',
      timeout: QUEUE_CONSUMER_TIMEOUT,
    });
    expire.usesTable(environmentNames.connectionsTable, data.connections, ['GetItem', 'DeleteItem']);
    expire.sendsTo(environmentNames.expiryQueueUrl, expiry);
    expire.managesConnections(endpoint);
    consumeQueue(expire, expiry);

    this.functions = [lifecycle, broadcast, deliver, expire];
    this.streamConsumers = [lifecycle, broadcast];
    this.deadLetterQueues = {
      DeadLetter: deadLetters,
      StreamFailures: streamFailures,
      RetryDeadLetter: retryDeadLetters,
      ExpiryDeadLetter: expiryDeadLetters,
    };
  }
}

function consumeStream(
  consumer: PregoneroFunction,
  table: TableV2,
  failures: IQueue,
  pattern: Parameters<typeof FilterCriteria.filter>[0],
): void {
  consumer.consumesStreamOf(table);
  consumer.reportsFailuresTo(failures);
  new EventSourceMapping(consumer, 'Stream', {
    target: consumer,
    ...(table.tableStreamArn === undefined ? {} : { eventSourceArn: table.tableStreamArn }),
    // LATEST could miss what is written while the mapping is being created.
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [FilterCriteria.filter(pattern ?? {})],
    batchSize: 100,
    // Above 1, order is kept per item only: two notifications of one channel could overtake each other.
    parallelizationFactor: 1,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 10,
    maxRecordAge: Duration.hours(6),
    onFailure: { bind: () => ({ destination: failures.queueArn }) },
  });
}

function consumeQueue(consumer: PregoneroFunction, queue: IQueue): void {
  consumer.consumesQueue(queue);
  new EventSourceMapping(consumer, 'Queue', {
    target: consumer,
    eventSourceArn: queue.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
  });
}
