import { Duration } from 'aws-cdk-lib';
import { FilterRule } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { PregoneroFunction } from './pregonero-function.ts';
import { QUEUE_CONSUMER_TIMEOUT, WorkQueue } from './pregonero-queue.ts';
import { consumeStream } from './stream-consumer.ts';

export interface OccupancyProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
  readonly streamFailures: Queue;
}

/** Who is on a channel, and whether anybody is: seen on the stream of the Connections table, and looked at again when the grace is over. */
export class Occupancy extends Construct {
  readonly follow: PregoneroFunction;
  readonly settle: PregoneroFunction;
  /** Delayed messages of those who have left, until it is known whether they come back. */
  readonly grace: WorkQueue;

  constructor(scope: Construct, id: string, props: OccupancyProps) {
    super(scope, id);
    this.grace = new WorkQueue(this, 'Grace', { config: props.config, name: 'grace' });
    this.follow = this.#follow(props);
    this.settle = this.#settle(props);
  }

  #follow({ config, data, streamFailures }: OccupancyProps): PregoneroFunction {
    const follow = new PregoneroFunction(this, 'Follow', {
      config,
      name: 'occupancy',
      purpose: 'following',
      description: 'Sees channels being occupied and left, and members being absent',
      timeout: Duration.seconds(30),
    });
    // Without a grace members depart at once.
    this.#settles(follow, data, config.graceInSeconds === 0);
    consumeStream(follow, {
      table: data.connections,
      filters: patterns(config),
      batchSize: 100,
      // Rows of one channel may be seen in any order: what is noted is what is there now.
      parallelizationFactor: 10,
      failures: streamFailures,
    });
    return follow;
  }

  #settle({ config, data }: OccupancyProps): PregoneroFunction {
    const settle = new PregoneroFunction(this, 'Settle', {
      config,
      name: 'settle',
      purpose: 'following',
      description: 'Tells who has left and not come back',
      timeout: QUEUE_CONSUMER_TIMEOUT,
    });
    this.#settles(settle, data, true);
    this.grace.feed(settle);
    return settle;
  }

  /** `removes`: whether it takes off who has left. */
  #settles(settling: PregoneroFunction, data: DataStack, removes: boolean): void {
    settling.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      ...(removes ? (['DeleteItem'] as const) : []),
    ]);
    settling.usesTable(environmentNames.notificationsTable, data.notifications, ['PutItem']);
    settling.sendsTo(environmentNames.graceQueueUrl, this.grace);
    settling.knows('graceInSeconds', 'subscriptionCountIntervalInSeconds');
  }
}

/**
 * Which rows of the Connections table say something of who is on a channel: members whose last connection has left; shards of the number of
 * subscriptions that reach or leave zero, or a hundred more or less, when a channel may have grown too large or too small for the shards of its
 * subscriptions; every change of them when the numbers are told.
 * Source of `suffix`: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
function patterns({ subscriptionCountIntervalInSeconds }: DeploymentConfig) {
  const count = {
    pk: { S: FilterRule.beginsWith('occupancy#') },
    sk: { S: FilterRule.beginsWith('subscriptions#') },
  };
  const telling = { NewImage: { count: { N: [...FilterRule.or('0', '1'), { suffix: '00' }] } } };
  return [
    {
      eventName: FilterRule.isEqual('MODIFY'),
      dynamodb: {
        Keys: { pk: { S: FilterRule.beginsWith('members#') } },
        NewImage: { connections: { N: FilterRule.isEqual('0') } },
      },
    },
    {
      eventName: FilterRule.or('INSERT', 'MODIFY'),
      dynamodb: { Keys: count, ...(subscriptionCountIntervalInSeconds === null && telling) },
    },
    // By TTL: what has not changed for longer than any connection lives counts nobody.
    { eventName: FilterRule.isEqual('REMOVE'), dynamodb: { Keys: count } },
  ];
}
