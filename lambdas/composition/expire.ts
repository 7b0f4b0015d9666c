import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { readExpiry, SqsExpirySchedule } from '../adapters/sqs/expiry-schedule.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { expireConnection } from '../use-cases/expire-connection.ts';
import { readEnvironment } from './environment.ts';

export function composeExpire() {
  const { connectionsTable: table, expiryQueueUrl } = readEnvironment([
    'connectionsTable',
    'expiryQueueUrl',
    'managementEndpoint',
  ]);
  const expire = expireConnection({
    connections: new DynamoDbConnectionStore({ client: createDynamoDbClient(), clock, table }),
    gateway: new ManagementApiGateway(createManagementClient()),
    expiry: new SqsExpirySchedule(createSqsClient(), clock, expiryQueueUrl),
    clock,
  });
  return { expire, readExpiry, logger };
}
