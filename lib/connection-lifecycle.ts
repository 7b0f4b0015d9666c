import { Duration } from 'aws-cdk-lib';
import { FilterRule, RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { environmentNames } from '../lambdas/environment-names.ts';
import type { DataStack } from './data-stack.ts';
import type { DeploymentConfig } from './deployment-config.ts';
import { type ManagementEndpoint, PregoneroFunction } from './pregonero-function.ts';
import { QUEUE_CONSUMER_TIMEOUT, WorkQueue } from './pregonero-queue.ts';
import { consumeStream } from './stream-consumer.ts';

export interface ConnectionLifecycleProps {
  readonly config: DeploymentConfig;
  readonly data: DataStack;
  readonly endpoint: ManagementEndpoint;
  readonly streamFailures: Queue;
}

/** What happens to a connection by itself: the greeting, the end of its token, the clean-up after it. */
export class ConnectionLifecycle extends Construct {
  readonly lifecycle: PregoneroFunction;
  readonly expire: PregoneroFunction;
  readonly expiry: WorkQueue;

  constructor(scope: Construct, id: string, props: ConnectionLifecycleProps) {
    super(scope, id);
    this.expiry = new WorkQueue(this, 'Expiry', { config: props.config, name: 'expiry' });
    this.lifecycle = this.#lifecycle(props);
    this.expire = this.#expire(props);
  }

  #lifecycle({ config, data, endpoint, streamFailures }: ConnectionLifecycleProps): PregoneroFunction {
    const lifecycle = new PregoneroFunction(this, 'Lifecycle', {
      config,
      name: 'lifecycle',
      purpose: 'greeting',
      description: 'Greets new connections and cleans up after removed ones',
      timeout: Duration.seconds(30),
    });
    lifecycle.usesTable(environmentNames.connectionsTable, data.connections, [
      'GetItem',
      'BatchGetItem',
      'Query',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
      'ConditionCheckItem',
    ]);
    lifecycle.knows('channelPattern', 'activityTimeoutInSeconds', 'limits');
    lifecycle.sendsTo(environmentNames.expiryQueueUrl, this.expiry);
    lifecycle.managesConnections(endpoint);
    consumeStream(lifecycle, {
      table: data.connections,
      filters: [
        {
          eventName: FilterRule.or('INSERT', 'REMOVE'),
          // Subscriptions and counters share the table; they come and go much more often.
          dynamodb: { Keys: { sk: { S: FilterRule.isEqual('connection') } } },
        },
      ],
      batchSize: 100,
      // A connection is one row, whose order is kept; a greeting that has to wait holds up a tenth of the others.
      parallelizationFactor: 10,
      failures: streamFailures,
    });
    return lifecycle;
  }

  #expire({ config, data, endpoint }: ConnectionLifecycleProps): PregoneroFunction {
    const expire = new PregoneroFunction(this, 'Expire', {
      config,
      name: 'expire',
      purpose: 'following',
      description: 'Closes connections whose token has expired',
      timeout: QUEUE_CONSUMER_TIMEOUT,
      // It feeds its own queue, which Lambda takes for an endless loop after some 16 rounds and stops. This one ends after
      // nine: a round is 15 minutes, a connection lives two hours.
      // Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    expire.usesTable(environmentNames.connectionsTable, data.connections, ['GetItem', 'DeleteItem']);
    // A message waits 15 minutes at most: whoever is woken early goes back to sleep.
    expire.sendsTo(environmentNames.expiryQueueUrl, this.expiry);
    expire.managesConnections(endpoint);
    this.expiry.feed(expire);
    return expire;
  }
}
