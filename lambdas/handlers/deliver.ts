import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { composeDeliver } from '../composition/deliver.ts';
import type { QueuedDelivery } from '../use-cases/deliver.ts';

/**
 * The retry queue. A message that cannot be read fails by itself until its queue gives it up: it will never be delivered,
 * so the later ones of its group need not wait for it.
 */
export const deliverHandler =
  ({ deliverAll, readPendingDelivery, clock, logger }: ReturnType<typeof composeDeliver>) =>
  async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<SQSBatchResponse> => {
    const endsAt = clock.now() + context.getRemainingTimeInMillis();
    const messages: QueuedDelivery[] = [];
    const failed: string[] = [];
    for (const { messageId, attributes, body } of event.Records) {
      try {
        messages.push({
          messageId,
          group: attributes.MessageGroupId ?? messageId,
          receiveCount: Number(attributes.ApproximateReceiveCount),
          delivery: readPendingDelivery(body),
        });
      } catch (error) {
        logger.error('delivery-unreadable', error, { messageId });
        failed.push(messageId);
      }
    }
    failed.push(...(await deliverAll(messages, endsAt)));
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

export const handler = deliverHandler(composeDeliver());
