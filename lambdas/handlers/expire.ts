import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { composeExpire } from '../composition/expire.ts';

/** The expiry queue: each message for itself, those that failed come again. */
export const expireHandler =
  ({ expire, readExpiry, logger }: ReturnType<typeof composeExpire>) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const handle = async ({ messageId, body }: SQSRecord): Promise<string[]> => {
      try {
        await expire(readExpiry(body));
        return [];
      } catch (error) {
        logger.error('expiry-failed', error, { messageId });
        return [messageId];
      }
    };
    const failed = (await Promise.all(event.Records.map(handle))).flat();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

export const handler = expireHandler(composeExpire());
