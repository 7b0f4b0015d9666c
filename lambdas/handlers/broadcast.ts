import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { composeBroadcast } from '../composition/broadcast.ts';
import type { NotificationRecord } from '../use-cases/fan-out.ts';
import { placeOf } from './events/stream-record.ts';

/** The stream of the Notifications table: a new row is a notification to broadcast, a change of one is not. */
export const broadcastHandler =
  (fanOut: (records: readonly NotificationRecord[]) => Promise<readonly string[]>) =>
  async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const records = event.Records.filter(({ eventName }) => eventName === 'INSERT').map((record) => ({
      ...placeOf(record),
      row: record.dynamodb?.NewImage,
    }));
    const failed = await fanOut(records);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };

export const handler = broadcastHandler(composeBroadcast());
