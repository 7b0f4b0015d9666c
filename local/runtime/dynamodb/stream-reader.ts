import type { StreamPage, StreamPosition, StreamRecord } from '../tables.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine.ts';
import type { KnownTable } from './known-table.ts';
import type { EngineRecord } from './stream-record.ts';

/** Where a reader stands: in which shard, at which iterator, and behind which record should the iterator expire. */
interface Place {
  readonly shardId: string;
  readonly iterator?: string;
  readonly lastSequenceNumber?: string;
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

const streams = 'DynamoDBStreams_20120810';

/** Most records of one GetRecords. */
const maxRecords = 1_000;

/**
 * Reads the streams of an engine that has one open shard a stream, as the embedded engine and DynamoDB Local have;
 * when a shard closes, its child is read on.
 */
export function createStreamReader(
  engine: Engine,
  convert: (record: EngineRecord, table: KnownTable) => StreamRecord | undefined,
) {
  async function shardsOf(engineArn: string): Promise<readonly Shard[]> {
    const { StreamDescription } = await engine.ask<{ StreamDescription: { Shards?: Shard[] } }>(
      `${streams}.DescribeStream`,
      { StreamArn: engineArn },
    );
    return StreamDescription.Shards ?? [];
  }

  async function beginning(engineArn: string): Promise<Place | undefined> {
    const shards = await shardsOf(engineArn);
    const roots = shards.filter(
      ({ ParentShardId }) => !shards.some(({ ShardId }) => ShardId === ParentShardId),
    );
    if (roots.length > 1) {
      throw new Error(`The stream ${engineArn} has ${roots.length} shards side by side; one is supported.`);
    }
    return roots[0] && { shardId: roots[0].ShardId };
  }

  async function iteratorAt(
    engineArn: string,
    { shardId, iterator, lastSequenceNumber }: Place,
  ): Promise<string> {
    if (iterator !== undefined) return iterator;
    const from = lastSequenceNumber
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastSequenceNumber }
      : { ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await engine.ask<{ ShardIterator: string }>(`${streams}.GetShardIterator`, {
      StreamArn: engineArn,
      ShardId: shardId,
      ...from,
    });
    return ShardIterator;
  }

  async function readOnce(
    engineArn: string,
    place: Place,
    limit: number,
  ): Promise<{ records: readonly EngineRecord[]; next: Place; closed: boolean }> {
    const iterator = await iteratorAt(engineArn, place);
    try {
      const { Records = [], NextShardIterator } = await engine.ask<{
        Records?: EngineRecord[];
        NextShardIterator?: string | null;
      }>(`${streams}.GetRecords`, { ShardIterator: iterator, Limit: limit });
      const last = Records.at(-1)?.dynamodb.SequenceNumber ?? place.lastSequenceNumber;
      const next: Place = {
        shardId: place.shardId,
        ...(NextShardIterator ? { iterator: NextShardIterator } : {}),
        ...(last === undefined ? {} : { lastSequenceNumber: last }),
      };
      return { records: Records, next, closed: !NextShardIterator };
    } catch (failure) {
      if (!(failure instanceof EngineError && failure.code === 'ExpiredIteratorException')) throw failure;
      const { iterator: _, ...afresh } = place;
      return await readOnce(engineArn, afresh, limit);
    }
  }

  return async function read(
    table: KnownTable,
    after: StreamPosition | undefined,
    limit: number,
  ): Promise<StreamPage> {
    const engineArn = table.stream?.engineArn ?? '';
    let place = after && after.token !== '' ? (JSON.parse(after.token) as Place) : await beginning(engineArn);
    const records: StreamRecord[] = [];
    while (place && records.length < limit) {
      const asked = Math.min(limit - records.length, maxRecords);
      const { records: read, next, closed } = await readOnce(engineArn, place, asked);
      for (const record of read) {
        const converted = convert(record, table);
        if (converted) records.push(converted);
      }
      place = next;
      if (closed) {
        const shards = await shardsOf(engineArn);
        const child: Shard | undefined = shards.find(({ ParentShardId }) => ParentShardId === next.shardId);
        if (!child) break;
        place = { shardId: child.ShardId };
      } else if (read.length < asked) break;
    }
    return {
      records,
      position: { token: place ? JSON.stringify(place) : '' },
      shardId: place?.shardId ?? '',
    };
  };
}
