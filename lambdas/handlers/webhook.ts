import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { composeWebhook } from '../composition/webhook.ts';
import type { WebhookMessage } from '../use-cases/webhook-portions.ts';

/** The webhook queue. A message that cannot be read fails by itself until its queue gives it up. */
export const webhookHandler =
  ({ deliverAll, readQueuedWebhookEvent, clock, logger }: ReturnType<typeof composeWebhook>) =>
  async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const endsAt = clock.now() + context.getRemainingTimeInMillis();
    const messages: WebhookMessage[] = [];
    const failed: string[] = [];
    for (const { messageId, receiptHandle, attributes, body } of event.Records) {
      try {
        const receiveCount = Number(attributes.ApproximateReceiveCount);
        messages.push({ messageId, receiptHandle, receiveCount, queued: readQueuedWebhookEvent(body) });
      } catch (error) {
        logger.error('webhook-unreadable', error, { messageId });
        failed.push(messageId);
      }
    }
    failed.push(...(await deliverAll(messages, endsAt)));
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

export const handler = webhookHandler(composeWebhook());
