import type { Context, SQSEvent } from 'aws-lambda';
import { composeRedeliver } from '../composition/redeliver.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { readEach } from './events/queue-messages.ts';

/**
 * The retry queue. A message that cannot be read fails by itself until its queue gives it up: it will never be delivered,
 * so the later ones of its group need not wait for it.
 */
export const redeliverHandler =
  ({ redeliverAll, readPendingDelivery, clock, logger }: ReturnType<typeof composeRedeliver>) =>
  async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BatchResponse> => {
    const endsAt = clock.now() + context.getRemainingTimeInMillis();
    const { messages, unreadable } = readEach(
      event,
      ({ messageId, attributes, body }) => ({
        messageId,
        group: attributes.MessageGroupId ?? messageId,
        receiveCount: Number(attributes.ApproximateReceiveCount),
        delivery: readPendingDelivery(body),
      }),
      (error, messageId) => logger.error('delivery-unreadable', error, { messageId }),
    );
    return batchResponse([...unreadable, ...(await redeliverAll(messages, endsAt))]);
  };

export const handler = redeliverHandler(composeRedeliver());
