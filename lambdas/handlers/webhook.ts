import type { Context, SQSEvent } from 'aws-lambda';
import { composeWebhook } from '../composition/webhook.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { readEach } from './events/queue-messages.ts';

/** The webhook queue. A message that cannot be read fails by itself until its queue gives it up. */
export const webhookHandler =
  ({ deliverAll, readQueuedWebhookEvent, clock, logger }: ReturnType<typeof composeWebhook>) =>
  async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BatchResponse> => {
    const endsAt = clock.now() + context.getRemainingTimeInMillis();
    const { messages, unreadable } = readEach(
      event,
      ({ messageId, receiptHandle, attributes, body }) => ({
        messageId,
        receiptHandle,
        receiveCount: Number(attributes.ApproximateReceiveCount),
        queued: readQueuedWebhookEvent(body),
      }),
      (error, messageId) => logger.error('webhook-unreadable', error, { messageId }),
    );
    return batchResponse([...unreadable, ...(await deliverAll(messages, endsAt))]);
  };

export const handler = webhookHandler(composeWebhook());
