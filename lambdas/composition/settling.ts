import { createDynamoDbClient } from '../adapters/dynamodb/client.ts';
import { DynamoDbNotificationLog } from '../adapters/dynamodb/notification-log.ts';
import { DynamoDbOccupancyStore } from '../adapters/dynamodb/occupancy-store.ts';
import { DynamoDbPresenceStore } from '../adapters/dynamodb/presence-store.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsGraceSchedule } from '../adapters/sqs/grace-schedule.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { settleOccupancy } from '../use-cases/settle-occupancy.ts';
import { tellSubscriptionCount } from '../use-cases/tell-subscription-count.ts';
import { readEnvironment } from './environment.ts';
import { composeWebhookQueue } from './webhook-queue.ts';

/** What both functions have that settle who is on a channel. */
export function composeSettling() {
  const { connectionsTable, notificationsTable, graceQueueUrl, ...settings } = readEnvironment([
    'connectionsTable',
    'notificationsTable',
    'graceQueueUrl',
    'graceInSeconds',
    'subscriptionCountIntervalInSeconds',
  ]);
  const client = createDynamoDbClient();
  const queues = createSqsClient();
  const rows = { client, clock, table: connectionsTable };
  const ports = {
    occupancy: new DynamoDbOccupancyStore(rows),
    presence: new DynamoDbPresenceStore({ ...rows, notificationsTable }),
    log: new DynamoDbNotificationLog({ client, clock, table: notificationsTable }),
    grace: new SqsGraceSchedule(queues, graceQueueUrl),
    webhooks: composeWebhookQueue(queues),
    clock,
    logger,
    settings,
  };
  return { ...ports, rows, ...settleOccupancy(ports), ...tellSubscriptionCount(ports) };
}
