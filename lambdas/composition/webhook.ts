import { HttpWebhookSender } from '../adapters/http/webhook-sender.ts';
import { createSecretsClient, SecretsManagerAppSecret } from '../adapters/secrets/app-secret.ts';
import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsMessageRepetition } from '../adapters/sqs/message-repetition.ts';
import { readQueuedWebhookEvent } from '../adapters/sqs/webhook-queue.ts';
import { consoleLogger as logger } from '../adapters/system/console-logger.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import { deliverWebhooks } from '../use-cases/deliver-webhooks.ts';
import { readEnvironment } from './environment.ts';

export function composeWebhook() {
  const { webhooks, webhookQueueUrl, appKey, appSecretArn } = readEnvironment([
    'webhooks',
    'webhookQueueUrl',
    'appKey',
    'appSecretArn',
  ]);
  const deliverAll = deliverWebhooks({
    endpoints: webhooks,
    appKey,
    secret: new SecretsManagerAppSecret(createSecretsClient(), clock, appSecretArn),
    sender: new HttpWebhookSender(),
    repetition: new SqsMessageRepetition(createSqsClient(), clock, webhookQueueUrl),
    clock,
    random: Math.random,
    logger,
  });
  return { deliverAll, readQueuedWebhookEvent, clock, logger };
}
