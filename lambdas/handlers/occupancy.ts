import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { composeOccupancy } from '../composition/occupancy.ts';
import type { OccupancyChange } from '../use-cases/follow-occupancy.ts';
import { type BatchResponse, batchResponse } from './events/batch-response.ts';
import { placeOf } from './events/stream-record.ts';

type Composition = ReturnType<typeof composeOccupancy>;

/** The stream of the Connections table, for who is on a channel. Whatever else changed is passed over. */
export const occupancyHandler =
  (composition: Composition) =>
  async (event: DynamoDBStreamEvent): Promise<BatchResponse> => {
    const changes = event.Records.flatMap((record) => changeIn(record, composition) ?? []);
    return batchResponse(await composition.follow(changes));
  };

function changeIn(
  record: DynamoDBRecord,
  { readAbsence, readCountChange }: Composition,
): OccupancyChange | undefined {
  const { eventId, sequenceNumber } = placeOf(record);
  const { NewImage, OldImage = {} } = record.dynamodb ?? {};
  const count = readCountChange(NewImage ?? OldImage);
  if (count !== undefined) return { kind: 'count', eventId, sequenceNumber, ...count };
  const absence = readAbsence(NewImage ?? {});
  return absence && { kind: 'absence', eventId, sequenceNumber, absence };
}

export const handler = occupancyHandler(composeOccupancy());
