import type { DynamoDBStreamEvent } from 'aws-lambda';
import { composeBroadcast } from '../composition/broadcast.ts';
import type { NotificationRecord } from '../use-cases/fan-out.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { placeOf } from './events/stream-record.ts';

/** The stream of the Notifications table: a new row is a notification to broadcast, a change of one is not. */
export const broadcastHandler =
  (fanOut: (records: readonly NotificationRecord[]) => Promise<readonly string[]>) =>
  async (event: DynamoDBStreamEvent): Promise<BatchResponse> => {
    const records = event.Records.filter(({ eventName }) => eventName === 'INSERT').map((record) => ({
      ...placeOf(record),
      row: record.dynamodb?.NewImage,
    }));
    return batchResponse(await fanOut(records));
  };

export const handler = broadcastHandler(composeBroadcast());
