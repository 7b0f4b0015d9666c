import { ManagementApiGateway } from '../adapters/api-gateway/management-api.ts';
import { createManagementClient } from '../adapters/api-gateway/management-client.ts';
import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbConnectionStore } from '../adapters/dynamodb/connection-store.ts';
import { DynamoDbSubscriptionStore } from '../adapters/dynamodb/subscription-store.ts';
import { createSecretsClient, SecretsManagerAppSecret } from '../adapters/secrets/app-secret.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { handleClientMessage } from '../use-cases/handle-client-message.ts';
import { readEnvironment } from './environment.ts';

export function composeMessage() {
  const { connectionsTable, appSecretArn, ...settings } = readEnvironment([
    'connectionsTable',
    'appSecretArn',
    'appKey',
    'channelPattern',
    'limits',
    'managementEndpoint',
  ]);
  const rows = { client: createDynamoDbClient(), clock, table: connectionsTable };
  const { maxChannelsPerConnection } = settings.limits;
  const handle = handleClientMessage({
    connections: new DynamoDbConnectionStore(rows),
    subscriptions: new DynamoDbSubscriptionStore({ ...rows, maxChannelsPerConnection }),
    gateway: new ManagementApiGateway(createManagementClient()),
    secret: new SecretsManagerAppSecret(createSecretsClient(), clock, appSecretArn),
    clock,
    logger,
    settings,
  });
  return { handle, logger };
}
