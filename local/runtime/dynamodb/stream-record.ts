import { createHash } from 'node:crypto';
import type { StreamRecord } from '../tables.ts';
import type { World } from '../world.ts';
import { type Item, itemSize, sameItem } from './attribute-value.ts';
import type { KnownTable } from './known-table.ts';

/** A record as the engine's GetRecords gives it, with both images: that is how every stream is created there. */
export interface EngineRecord {
  readonly eventName: StreamRecord['eventName'];
  readonly dynamodb: {
    /** Epoch seconds. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
  };
  readonly userIdentity?: unknown;
}

/** Whether a removal is one of ours, made because the item's time had come. */
export type IsExpiry = (table: KnownTable, record: EngineRecord) => boolean;

/**
 * Makes of the engine's record what DynamoDB would have recorded: nothing for a write that changed nothing, the images
 * of the template's view type, identifiers of DynamoDB's shape.
 * Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export function toStreamRecord(
  record: EngineRecord,
  table: KnownTable,
  world: Pick<World, 'region'>,
  isExpiry: IsExpiry,
): StreamRecord | undefined {
  const { stream } = table;
  const { Keys, NewImage, OldImage, ApproximateCreationDateTime } = record.dynamodb;
  if (!stream || (record.eventName === 'MODIFY' && sameItem(NewImage, OldImage))) return undefined;
  const SequenceNumber = toSequenceNumber(record.dynamodb.SequenceNumber);
  const newImage = NewImage && stream.viewType.includes('NEW_') ? { NewImage } : {};
  const oldImage = OldImage && stream.viewType.includes('OLD_') ? { OldImage } : {};
  return {
    eventID: createHash('md5').update(`${stream.arn}/${SequenceNumber}`).digest('hex'),
    eventName: record.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: world.region,
    eventSourceARN: stream.arn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(ApproximateCreationDateTime),
      Keys,
      ...newImage,
      ...oldImage,
      SequenceNumber,
      SizeBytes: [Keys, newImage.NewImage, oldImage.OldImage].reduce(
        (size, part) => size + itemSize(part ?? {}),
        0,
      ),
      StreamViewType: stream.viewType,
    },
    ...(record.eventName === 'REMOVE' && (record.userIdentity || isExpiry(table, record))
      ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }
      : {}),
  };
}

/** Sequence numbers have at least 21 digits and compare as strings; the embedded engine counts from 1. */
export function toSequenceNumber(engineNumber: string): string {
  return engineNumber.length >= 21 ? engineNumber : `1${engineNumber.padStart(20, '0')}`;
}

/** The reverse: what the engine itself called it. */
export function toEngineNumber(sequenceNumber: string): string {
  return /^1\d{20}$/.test(sequenceNumber) ? String(BigInt(sequenceNumber.slice(1))) : sequenceNumber;
}
