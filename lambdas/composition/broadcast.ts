import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsDeadLetterQueue } from '../adapters/sqs/dead-letter-queue.ts';
import { SqsRetryQueue } from '../adapters/sqs/retry-queue.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { fanOut } from '../use-cases/fan-out.ts';
import { readEnvironment } from './environment.ts';

export function composeBroadcast() {
  const { connectionsTable, retryQueueUrl, deadLetterQueueUrl } = readEnvironment([
    'connectionsTable',
    'retryQueueUrl',
    'deadLetterQueueUrl',
    'managementEndpoint',
  ]);
  const rows = { client: createDynamoDbClient(), clock, table: connectionsTable };
  const queues = createSqsClient();
  return fanOut({
    subscriptions: new DynamoDbSubscriptionStore(rows),
    connections: new DynamoDbConnectionStore(rows),
    gateway: new ManagementApiGateway(createManagementClient()),
    retries: new SqsRetryQueue(queues, clock, retryQueueUrl),
    deadLetters: new SqsDeadLetterQueue(queues, deadLetterQueueUrl),
    clock,
    random: Math.random,
    logger,
  });
}
