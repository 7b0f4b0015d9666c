import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { readConnection, readRemovedConnection } from '../adapters/dynamodb/connection-row.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbDenialStore } from '../adapters/dynamodb/denial-store.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { DynamoDbUserStore } from '../adapters/dynamodb/user-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsExpirySchedule } from '../adapters/sqs/expiry-schedule.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { followConnections } from '../use-cases/follow-connections.ts';
import { forgetConnection } from '../use-cases/forget-connection.ts';
import { greet } from '../use-cases/greet.ts';
import { readEnvironment } from './environment.ts';

export function composeLifecycle() {
  const { connectionsTable, expiryQueueUrl, limits, ...settings } = readEnvironment([
    'connectionsTable',
    'expiryQueueUrl',
    'limits',
    'channelPattern',
    'activityTimeoutInSeconds',
    'managementEndpoint',
  ]);
  const rows = { client: createDynamoDbClient(), clock, table: connectionsTable };
  const { maxChannelsPerConnection } = limits;
  const connections = new DynamoDbConnectionStore(rows);
  const subscriptions = new DynamoDbSubscriptionStore({ ...rows, maxChannelsPerConnection });
  const follow = followConnections({
    greet: greet({
      connections,
      subscriptions,
      denials: new DynamoDbDenialStore(rows),
      gateway: new ManagementApiGateway(createManagementClient()),
      expiry: new SqsExpirySchedule(createSqsClient(), clock, expiryQueueUrl),
      clock,
      random: Math.random,
      logger,
      settings,
    }),
    forget: forgetConnection({ connections, subscriptions, users: new DynamoDbUserStore(rows) }),
    logger,
  });
  return { follow, readConnection, readRemovedConnection };
}
