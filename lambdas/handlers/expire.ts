import type { SQSEvent } from 'aws-lambda';
import { composeExpire } from '../composition/expire.ts';
import type { BatchResponse } from './events/batch-response.ts';
import { handleEach } from './events/queue-messages.ts';

/** The expiry queue. */
export const expireHandler =
  ({ expire, readExpiry, logger }: ReturnType<typeof composeExpire>) =>
  async (event: SQSEvent): Promise<BatchResponse> =>
    await handleEach(
      event,
      async ({ body }) => await expire(readExpiry(body)),
      (error, { messageId }) => logger.error('expiry-failed', error, { messageId }),
    );

export const handler = expireHandler(composeExpire());
