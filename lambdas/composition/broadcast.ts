import { DynamoDbCacheStore } from '../adapters/dynamodb/cache-store.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbDeliveryProgress } from '../adapters/dynamodb/delivery-progress.ts';
import { DynamoDbPresenceStore } from '../adapters/dynamodb/presence-store.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsDeadLetterQueue } from '../adapters/sqs/dead-letter-queue.ts';
import { SqsDeliveryQueue } from '../adapters/sqs/delivery-queue.ts';
import { SqsRetryQueue } from '../adapters/sqs/retry-queue.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { fanOut } from '../use-cases/fan-out.ts';
import { readEnvironment } from './environment.ts';
import { composeSignedPosts } from './signed-posts.ts';
import { composeWebhookQueue } from './webhook-queue.ts';

export function composeBroadcast() {
  const {
    connectionsTable,
    deliveryQueueUrl,
    retryQueueUrl,
    deadLetterQueueUrl,
    cacheTimeToLiveInSeconds,
    managementEndpoint,
  } = readEnvironment([
    'connectionsTable',
    'deliveryQueueUrl',
    'retryQueueUrl',
    'deadLetterQueueUrl',
    'cacheTimeToLiveInSeconds',
    'managementEndpoint',
  ]);
  const rows = { client: createDynamoDbClient(), clock, table: connectionsTable };
  const queues = createSqsClient();
  return fanOut({
    subscriptions: new DynamoDbSubscriptionStore(rows),
    connections: new DynamoDbConnectionStore(rows),
    presence: new DynamoDbPresenceStore(rows),
    cache: new DynamoDbCacheStore(rows),
    webhooks: composeWebhookQueue(queues),
    gateway: composeSignedPosts(managementEndpoint),
    deliveries: new SqsDeliveryQueue(queues, clock, deliveryQueueUrl),
    progress: new DynamoDbDeliveryProgress(rows),
    retries: new SqsRetryQueue(queues, clock, retryQueueUrl),
    deadLetters: new SqsDeadLetterQueue(queues, deadLetterQueueUrl),
    clock,
    random: Math.random,
    logger,
    settings: { cacheTimeToLiveInSeconds },
  });
}
