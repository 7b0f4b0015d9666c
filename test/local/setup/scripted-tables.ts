import type { StreamPage, StreamPosition, StreamRecord, Tables } from '../../../local/runtime/tables.ts';

export const streamArn = 'arn:aws:dynamodb:us-east-1:111111111111:table/rows/stream/2026-01-01T00:00:00.000';
const firstSequenceNumber = 100_000_000_000_000_000_000n;

export const sequenceNumber = (index: number): string => String(firstSequenceNumber + BigInt(index));

/** A stream of one shard into which a test writes ids. */
export class ScriptedTables implements Tables {
  readonly records: StreamRecord[] = [];
  reads = 0;
  /** Thrown by the next read. */
  failure: Error | undefined;

  has(): never {
    throw new Error('Not of this test.');
  }

  create(): never {
    throw new Error('Not of this test.');
  }

  /** Writes one record for each id; its age is taken off the time of its creation. */
  write(ids: readonly string[], { ageInSeconds = 0, bytes = 1, eventName = 'INSERT' as const } = {}): void {
    for (const id of ids) {
      this.records.push({
        eventID: `event-${id}`,
        eventName,
        eventVersion: '1.1',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        eventSourceARN: streamArn,
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(Date.now() / 1000) - ageInSeconds,
          Keys: { id: { S: id } },
          NewImage: { id: { S: id }, data: { S: 'x'.repeat(bytes) } },
          SequenceNumber: sequenceNumber(this.records.length),
          SizeBytes: bytes,
          StreamViewType: 'NEW_IMAGE',
        },
      });
    }
  }

  async readStream(arn: string, after: StreamPosition | undefined, limit: number): Promise<StreamPage> {
    this.reads += 1;
    if (arn !== streamArn) throw new Error(`There is no stream ${arn}.`);
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
    const from = Number(after?.token ?? 0);
    const records = this.records.slice(from, from + limit);
    return { records, position: { token: String(from + records.length) }, shardId: 'shardId-00000001' };
  }
}
