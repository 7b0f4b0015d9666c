import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbDeliveryProgress } from '../adapters/dynamodb/delivery-progress.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsMessageRepetition } from '../adapters/sqs/message-repetition.ts';
import { SqsRetryQueue } from '../adapters/sqs/retry-queue.ts';
import { readShardDelivery } from '../adapters/sqs/shard-delivery.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { deliver } from '../use-cases/deliver.ts';
import { postpone } from '../use-cases/postpone.ts';
import { readEnvironment } from './environment.ts';
import { composeSignedPosts } from './signed-posts.ts';

export function composeDeliver() {
  const {
    connectionsTable: table,
    deliveryQueueUrl,
    retryQueueUrl,
    managementEndpoint,
    postsPerSecond,
  } = readEnvironment([
    'connectionsTable',
    'deliveryQueueUrl',
    'retryQueueUrl',
    'managementEndpoint',
    'postsPerSecond',
  ]);
  const rows = { client: createDynamoDbClient(), clock, table };
  const queues = createSqsClient();
  const repetition = new SqsMessageRepetition(queues, clock, deliveryQueueUrl);
  const deliverAll = deliver({
    subscriptions: new DynamoDbSubscriptionStore(rows),
    connections: new DynamoDbConnectionStore(rows),
    progress: new DynamoDbDeliveryProgress(rows),
    gateway: composeSignedPosts(managementEndpoint, { postsPerSecond }),
    retries: new SqsRetryQueue(queues, clock, retryQueueUrl),
    repetition,
    clock,
    random: Math.random,
    logger,
  });
  return { deliverAll, readShardDelivery, postpone: postpone({ repetition, logger }), clock, logger };
}
