import type { Context, SQSEvent } from 'aws-lambda';
import { composeWebhook } from '../composition/webhook.ts';
import type { BatchResponse } from './events/batch-response.ts';
import { handleTogether, receiptOf } from './events/queue-messages.ts';

/** The webhook queue. A message that cannot be read fails by itself until its queue gives it up. */
export const webhookHandler =
  ({ deliverAll, readQueuedWebhookEvent, clock, logger }: ReturnType<typeof composeWebhook>) =>
  (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BatchResponse> =>
    handleTogether(event, context, {
      read: (message) => ({ ...receiptOf(message), queued: readQueuedWebhookEvent(message.body) }),
      work: deliverAll,
      complain: (error, { messageId }) => logger.error('webhook-unreadable', error, { messageId }),
      clock,
    });

export const handler = webhookHandler(composeWebhook());
