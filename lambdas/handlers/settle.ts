import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { composeSettle } from '../composition/settle.ts';

/** The grace queue: each message for itself, those that failed come again. */
export const settleHandler =
  ({ settle, readGraceWake, logger }: ReturnType<typeof composeSettle>) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const handle = async ({ messageId, attributes, body }: SQSRecord): Promise<string[]> => {
      try {
        await settle(readGraceWake(body), Number(attributes.ApproximateReceiveCount) > 1);
        return [];
      } catch (error) {
        logger.error('settling-failed', error, { messageId });
        return [messageId];
      }
    };
    const failed = (await Promise.all(event.Records.map(handle))).flat();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

export const handler = settleHandler(composeSettle());
