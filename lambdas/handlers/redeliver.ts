import type { Context, SQSEvent } from 'aws-lambda';
import { composeRedeliver } from '../composition/redeliver.ts';
import type { BatchResponse } from './events/batch-response.ts';
import { handleTogether, receiptOf } from './events/queue-messages.ts';

/**
 * The retry queue. A message that cannot be read fails by itself until its queue gives it up: it will never be delivered,
 * so the later ones of its group need not wait for it.
 */
export const redeliverHandler =
  ({ redeliverAll, readPendingDelivery, clock, logger }: ReturnType<typeof composeRedeliver>) =>
  (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BatchResponse> =>
    handleTogether(event, context, {
      read: (message) => {
        const { messageId, receiveCount } = receiptOf(message);
        const group = message.attributes.MessageGroupId ?? messageId;
        return { messageId, group, receiveCount, delivery: readPendingDelivery(message.body) };
      },
      work: redeliverAll,
      complain: (error, { messageId }) => logger.error('delivery-unreadable', error, { messageId }),
      clock,
    });

export const handler = redeliverHandler(composeRedeliver());
