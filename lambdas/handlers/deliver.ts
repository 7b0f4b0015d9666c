import type { Context, SQSEvent } from 'aws-lambda';
import { composeDeliver } from '../composition/deliver.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { readEach } from './events/queue-messages.ts';

/** The delivery queue. A message that cannot be read fails by itself until its queue gives it up; soon, since its shard waits behind it. */
export const deliverHandler =
  ({ deliverAll, readShardDelivery, repetition, clock, logger }: ReturnType<typeof composeDeliver>) =>
  async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BatchResponse> => {
    const endsAt = clock.now() + context.getRemainingTimeInMillis();
    const { messages, unreadable } = readEach(
      event,
      ({ messageId, receiptHandle, attributes, body }) => ({
        messageId,
        receiptHandle,
        receiveCount: Number(attributes.ApproximateReceiveCount),
        delivery: readShardDelivery(body),
      }),
      (error, messageId) => logger.error('delivery-unreadable', error, { messageId }),
    );
    const again = event.Records.filter(({ messageId }) => unreadable.includes(messageId));
    try {
      await repetition.postpone(again.map(({ receiptHandle }) => ({ receiptHandle, inSeconds: 1 })));
    } catch (error) {
      // They come again all the same, when the time of the queue is over.
      logger.warn('delivery-not-postponed', { reason: String(error) });
    }
    return batchResponse([...unreadable, ...(await deliverAll(messages, endsAt))]);
  };

export const handler = deliverHandler(composeDeliver());
