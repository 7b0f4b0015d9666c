import { createSqsClient } from '../adapters/sqs/client.ts';
import { SqsWebhookQueue } from '../adapters/sqs/webhook-queue.ts';
import { systemClock as clock } from '../adapters/system/system-clock.ts';
import type { WebhookQueue } from '../ports/webhook-queue.ts';
import { readEnvironment } from './environment.ts';

const nobodyAsks: WebhookQueue = { publish: () => Promise.resolve() };

/** For whoever has webhooks to publish. There is a queue only where there are endpoints. */
export function composeWebhookQueue(client = createSqsClient()): WebhookQueue {
  const { webhooks } = readEnvironment(['webhooks']);
  if (webhooks.length === 0) return nobodyAsks;
  const { webhookQueueUrl } = readEnvironment(['webhookQueueUrl']);
  return new SqsWebhookQueue(client, clock, webhookQueueUrl, webhooks);
}
