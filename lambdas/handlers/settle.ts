import type { SQSEvent } from 'aws-lambda';
import { composeSettle } from '../composition/settle.ts';
import type { BatchResponse } from './events/batch-response.ts';
import { handleEach } from './events/queue-messages.ts';

/** The grace queue. */
export const settleHandler =
  ({ settle, readGraceWake, logger }: ReturnType<typeof composeSettle>) =>
  async (event: SQSEvent): Promise<BatchResponse> =>
    await handleEach(
      event,
      async ({ attributes, body }) =>
        await settle(readGraceWake(body), Number(attributes.ApproximateReceiveCount) > 1),
      (error, { messageId }) => logger.error('settling-failed', error, { messageId }),
    );

export const handler = settleHandler(composeSettle());
