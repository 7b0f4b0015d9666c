import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { readPendingDelivery } from '../adapters/sqs/pending-delivery.ts';
import { SqsRetryQueue } from '../adapters/sqs/retry-queue.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { redeliver } from '../use-cases/redeliver.ts';
import { readEnvironment } from './environment.ts';
import { composeSignedPosts } from './signed-posts.ts';

export function composeRedeliver() {
  const {
    connectionsTable: table,
    retryDeadLetterQueueUrl,
    managementEndpoint,
  } = readEnvironment(['connectionsTable', 'retryDeadLetterQueueUrl', 'managementEndpoint']);
  const rows = { client: createDynamoDbClient(), clock, table };
  const redeliverAll = redeliver({
    subscriptions: new DynamoDbSubscriptionStore(rows),
    connections: new DynamoDbConnectionStore(rows),
    gateway: composeSignedPosts(managementEndpoint, {
      closer: new ManagementApiGateway(createManagementClient()),
    }),
    givenUp: new SqsRetryQueue(createSqsClient(), clock, retryDeadLetterQueueUrl),
    clock,
    random: Math.random,
    logger,
  });
  return { redeliverAll, readPendingDelivery, clock, logger };
}
