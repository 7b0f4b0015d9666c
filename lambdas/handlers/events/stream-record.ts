import type { DynamoDBRecord } from 'aws-lambda';
import { present } from './present.ts';

/** Where in its stream a record stands, by what it is remembered, and since when what it tells is stored. */
export interface RecordPlace {
  readonly eventId: string;
  readonly sequenceNumber: string;
  /** Epoch seconds. */
  readonly storedAt?: number;
}

/**
 * A record without an event id, which the types allow, goes by its sequence number: under one empty name every such record
 * would be taken for the first of them. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 */
export function placeOf({ eventID, dynamodb = {} }: DynamoDBRecord): RecordPlace {
  const sequenceNumber = dynamodb.SequenceNumber ?? '';
  const storedAt = dynamodb.ApproximateCreationDateTime;
  return { eventId: eventID || sequenceNumber, sequenceNumber, ...present({ storedAt }) };
}
