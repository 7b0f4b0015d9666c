import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { DynamoDbCacheStore } from '../adapters/dynamodb/cache-store.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbDenialStore } from '../adapters/dynamodb/denial-store.ts';
import { DynamoDbIdempotencyStore } from '../adapters/dynamodb/idempotency-store.ts';
import { LeasedAllowance } from '../adapters/dynamodb/leased-allowance.ts';
import { DynamoDbNotificationLog } from '../adapters/dynamodb/notification-log.ts';
import { DynamoDbOccupancyStore } from '../adapters/dynamodb/occupancy-store.ts';
import { DynamoDbPresenceStore } from '../adapters/dynamodb/presence-store.ts';
import { DynamoDbUserStore } from '../adapters/dynamodb/user-store.ts';
import { createSecretsClient, SecretsManagerAppSecret } from '../adapters/secrets/app-secret.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { answerRestRequest } from '../use-cases/answer-rest-request.ts';
import { countConnections } from '../use-cases/count-connections.ts';
import { describeChannel, listChannels } from '../use-cases/describe-channels.ts';
import { listMembers } from '../use-cases/list-members.ts';
import { publishBatch, publishEvent } from '../use-cases/publish-events.ts';
import { terminateUser } from '../use-cases/terminate-user.ts';
import { readEnvironment } from './environment.ts';

export function composeRest() {
  const { connectionsTable, notificationsTable, appSecretArn, notificationRetentionInSeconds, ...settings } =
    readEnvironment([
      'connectionsTable',
      'notificationsTable',
      'appSecretArn',
      'appId',
      'appKey',
      'allowedOrigins',
      'limits',
      'notificationRetentionInSeconds',
      'denialInSeconds',
      'managementEndpoint',
    ]);
  const client = createDynamoDbClient();
  const rows = { client, clock, table: connectionsTable };
  const connections = new DynamoDbConnectionStore(rows);
  const occupancy = new DynamoDbOccupancyStore(rows);
  const publishing = {
    log: new DynamoDbNotificationLog({
      client,
      clock,
      table: notificationsTable,
      retentionInSeconds: notificationRetentionInSeconds,
    }),
    idempotency: new DynamoDbIdempotencyStore(rows),
    occupancy,
    cache: new DynamoDbCacheStore(rows),
    settings,
  };
  return answerRestRequest({
    actions: {
      'publish-event': publishEvent(publishing),
      'publish-batch': publishBatch(publishing),
      'list-channels': listChannels(publishing),
      'describe-channel': describeChannel(publishing),
      'list-members': listMembers({
        presence: new DynamoDbPresenceStore(rows),
        occupancy,
      }),
      'terminate-user': terminateUser({
        users: new DynamoDbUserStore(rows),
        denials: new DynamoDbDenialStore(rows),
        connections,
        gateway: new ManagementApiGateway(createManagementClient()),
        clock,
        logger,
        settings,
      }),
      'count-connections': countConnections({ connections }),
    },
    secret: new SecretsManagerAppSecret(createSecretsClient(), clock, appSecretArn),
    allowance: new LeasedAllowance(rows),
    clock,
    logger,
    settings,
  });
}
