import { Duration } from 'aws-cdk-lib';
import { FilterRule } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import { deliveryShare } from './delivery-share.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { type ManagementEndpoint, PregoneroFunction } from './pregonero-function.ts';
import { DeadLetterQueue, QUEUE_CONSUMER_TIMEOUT, WorkQueue } from './pregonero-queue.ts';
import { consumeStream } from './stream-consumer.ts';

/**
 * Of `deliver`. Who does not get through a shard notes how far it is and goes on with the next call, so that no shard keeps an environment to
 * itself; and if one dies, six times this is how long the shard waits.
 */
const DELIVER_TIMEOUT = Duration.seconds(30);

/**
 * Of `deliver`, which has a message come again within a minute. With nothing done meanwhile these are three hours; before that, what it is about is
 * too old for whoever is connected, and the function says so.
 */
const DELIVERY_MAX_RECEIVE_COUNT = 200;

export interface FanOutProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
  readonly endpoint: ManagementEndpoint;
  readonly streamFailures: Queue;
}

/** From what is stored of a channel, notifications most of all, to its subscribers. */
export class FanOut extends Construct {
  readonly broadcast: PregoneroFunction;
  readonly deliver: PregoneroFunction;
  readonly redeliver: PregoneroFunction;
  /** Entries of channels with many listeners: in order per channel and shard. */
  readonly delivery: WorkQueue;
  /** Deliveries that failed for now: in order per connection and channel. */
  readonly retry: WorkQueue;
  /** Rows that cannot be broadcast, whole, with the reason. */
  readonly deadLetters: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: FanOutProps) {
    super(scope, id);
    this.delivery = new WorkQueue(this, 'Delivery', {
      config: props.config,
      name: 'delivery',
      fifo: true,
      maxReceiveCount: DELIVERY_MAX_RECEIVE_COUNT,
      consumerTimeout: DELIVER_TIMEOUT,
    });
    this.retry = new WorkQueue(this, 'Retry', { config: props.config, name: 'retry', fifo: true });
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetter', { config: props.config, name: 'dead-letter' });
    this.broadcast = this.#broadcast(props);
    this.deliver = this.#deliver(props);
    this.redeliver = this.#redeliver(props);
  }

  #broadcast({ config, data, endpoint, streamFailures }: FanOutProps): PregoneroFunction {
    const broadcast = new PregoneroFunction(this, 'Broadcast', {
      config,
      name: 'broadcast',
      purpose: 'posting',
      description: 'Posts what happens on channels to their subscribers',
      timeout: Duration.minutes(2),
    });
    broadcast.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      // A newcomer to a channel that has been spread over several shards.
      'BatchGetItem',
      'Query',
      // The last event of a cache channel.
      'PutItem',
      'UpdateItem',
      'DeleteItem',
    ]);
    broadcast.knows('cacheTimeToLiveInSeconds');
    broadcast.sendsTo(environmentNames.deliveryQueueUrl, this.delivery);
    broadcast.sendsTo(environmentNames.retryQueueUrl, this.retry);
    broadcast.sendsTo(environmentNames.deadLetterQueueUrl, this.deadLetters);
    broadcast.postsToConnections(endpoint);
    consumeStream(broadcast, {
      table: data.notifications,
      filters: [{ eventName: FilterRule.isEqual('INSERT') }],
      // Few: each may be a channel with hundreds of listeners, and what a call does not get done comes again.
      batchSize: 10,
      // Of two notifications of a channel, which are two rows, the later one could come first.
      parallelizationFactor: 1,
      failures: streamFailures,
    });
    return broadcast;
  }

  #deliver({ config, data, endpoint }: FanOutProps): PregoneroFunction {
    const deliver = new PregoneroFunction(this, 'Deliver', {
      config,
      name: 'deliver',
      purpose: 'posting',
      description: 'Posts what happens on channels with many listeners, shard by shard',
      timeout: DELIVER_TIMEOUT,
    });
    deliver.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'Query',
      'UpdateItem',
      'DeleteItem',
    ]);
    deliver.knows('postsPerSecond');
    deliver.sendsTo(environmentNames.retryQueueUrl, this.retry);
    deliver.postsToConnections(endpoint);
    // A shard that has more to it than a call gets done comes again at once.
    deliver.postponesOn(environmentNames.deliveryQueueUrl, this.delivery);
    // Each posts at its own pace, and together they post what large audiences may have of the quota.
    this.delivery.feed(deliver, deliveryShare(config.throttling).environments);
    return deliver;
  }

  #redeliver({ config, data, endpoint }: FanOutProps): PregoneroFunction {
    const redeliver = new PregoneroFunction(this, 'Redeliver', {
      config,
      name: 'redeliver',
      purpose: 'answering',
      description: 'Delivers what the broadcaster could not',
      timeout: QUEUE_CONSUMER_TIMEOUT,
    });
    redeliver.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'UpdateItem',
      'DeleteItem',
    ]);
    redeliver.sendsTo(environmentNames.retryDeadLetterQueueUrl, this.retry.deadLetters);
    redeliver.managesConnections(endpoint);
    this.retry.feed(redeliver);
    return redeliver;
  }
}
