import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { DynamoDbAllowance } from '../adapters/dynamodb/allowance.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbDenialStore } from '../adapters/dynamodb/denial-store.ts';
import { DynamoDbNotificationLog } from '../adapters/dynamodb/notification-log.ts';
import { DynamoDbOccupancyStore } from '../adapters/dynamodb/occupancy-store.ts';
import { DynamoDbPresenceStore } from '../adapters/dynamodb/presence-store.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { DynamoDbUserStore } from '../adapters/dynamodb/user-store.ts';
import { createSecretsClient, SecretsManagerAppSecret } from '../adapters/secrets/app-secret.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { handleClientMessage } from '../use-cases/handle-client-message.ts';
import { readEnvironment } from './environment.ts';

export function composeMessage() {
  const { connectionsTable, notificationsTable, appSecretArn, ...settings } = readEnvironment([
    'connectionsTable',
    'notificationsTable',
    'appSecretArn',
    'appKey',
    'channelPattern',
    'clientEvents',
    'denialInSeconds',
    'limits',
    'managementEndpoint',
  ]);
  const client = createDynamoDbClient();
  const rows = { client, clock, table: connectionsTable };
  const { maxChannelsPerConnection } = settings.limits;
  const handle = handleClientMessage({
    connections: new DynamoDbConnectionStore(rows),
    subscriptions: new DynamoDbSubscriptionStore({ ...rows, notificationsTable, maxChannelsPerConnection }),
    presence: new DynamoDbPresenceStore(rows),
    occupancy: new DynamoDbOccupancyStore(rows),
    users: new DynamoDbUserStore(rows),
    denials: new DynamoDbDenialStore(rows),
    allowance: new DynamoDbAllowance(rows),
    log: new DynamoDbNotificationLog({ client, clock, table: notificationsTable }),
    gateway: new ManagementApiGateway(createManagementClient()),
    secret: new SecretsManagerAppSecret(createSecretsClient(), clock, appSecretArn),
    clock,
    logger,
    settings,
  });
  return { handle, logger };
}
