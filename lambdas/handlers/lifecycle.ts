import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { composeLifecycle } from '../composition/lifecycle.ts';
import type { ConnectionChange } from '../use-cases/follow-connections.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { placeOf } from './events/stream-record.ts';

type Composition = ReturnType<typeof composeLifecycle>;

/** The stream of the Connections table. Whatever is no connection coming or going is passed over. */
export const lifecycleHandler =
  (composition: Composition) =>
  async (event: DynamoDBStreamEvent): Promise<BatchResponse> => {
    const changes = event.Records.flatMap((record) => changeIn(record, composition) ?? []);
    return batchResponse(await composition.follow(changes));
  };

function changeIn(record: DynamoDBRecord, composition: Composition): ConnectionChange | undefined {
  const place = placeOf(record);
  if (record.eventName === 'INSERT') {
    const connection = composition.readConnection(record.dynamodb?.NewImage ?? {});
    return connection && { kind: 'opened', ...place, connection };
  }
  if (record.eventName === 'REMOVE') {
    const removed = composition.readRemovedConnection(record.dynamodb?.OldImage ?? {});
    return removed && { kind: 'removed', ...place, removed };
  }
  return undefined;
}

export const handler = lifecycleHandler(composeLifecycle());
