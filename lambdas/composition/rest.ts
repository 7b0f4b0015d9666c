import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbNotificationLog } from '../adapters/dynamodb/notification-log.ts';
import { createSecretsClient, SecretsManagerAppSecret } from '../adapters/secrets/app-secret.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { publishEvents } from '../use-cases/publish-events.ts';
import { readEnvironment } from './environment.ts';

export function composeRest() {
  const { notificationsTable, appSecretArn, notificationRetentionInSeconds, ...settings } = readEnvironment([
    'notificationsTable',
    'appSecretArn',
    'appId',
    'appKey',
    'limits',
    'notificationRetentionInSeconds',
  ]);
  return publishEvents({
    log: new DynamoDbNotificationLog({
      client: createDynamoDbClient(),
      clock,
      table: notificationsTable,
      retentionInSeconds: notificationRetentionInSeconds,
    }),
    secret: new SecretsManagerAppSecret(createSecretsClient(), clock, appSecretArn),
    clock,
    logger,
    settings,
  });
}
