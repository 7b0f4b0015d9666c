import type { Context, SQSEvent } from 'aws-lambda';
import { composeDeliver } from '../composition/deliver.ts';
import type { Postponed } from '../use-cases/postpone.ts';
import type { BatchResponse } from './events/batch-response.ts';
import { handleTogether, receiptOf } from './events/queue-messages.ts';

/** The delivery queue. A message that cannot be read fails by itself until its queue gives it up; soon, since its shard waits behind it. */
export const deliverHandler =
  ({ deliverAll, readShardDelivery, postpone, clock, logger }: ReturnType<typeof composeDeliver>) =>
  async (event: SQSEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<BatchResponse> => {
    const unreadable: Postponed[number][] = [];
    const response = await handleTogether(event, context, {
      read: (message) => ({ ...receiptOf(message), delivery: readShardDelivery(message.body) }),
      work: deliverAll,
      complain: (error, { messageId, receiptHandle }) => {
        logger.error('delivery-unreadable', error, { messageId });
        unreadable.push({ receiptHandle, inSeconds: 1 });
      },
      clock,
    });
    await postpone(unreadable, 'delivery-not-postponed');
    return response;
  };

export const handler = deliverHandler(composeDeliver());
