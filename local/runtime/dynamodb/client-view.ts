import type { StreamRecord } from '../tables.ts';
import { type KnownTable, type KnownTables, tableName } from './known-table.ts';
import { type EngineRecord, toEngineNumber, toSequenceNumber } from './stream-record.ts';

type Json = Record<string, unknown>;

/**
 * What the engine says of tables and streams, in the words of the template: its own ARNs, view types and sequence
 * numbers instead of the engine's. Item operations need none of this, except for tables named by their ARN.
 */
export function createClientView(
  tables: KnownTables,
  convert: (record: EngineRecord, table: KnownTable) => StreamRecord | undefined,
) {
  function describeTable(description: Json): Json {
    const table = tables.named(String(description.TableName));
    if (!table) return description;
    const { stream, definition } = table;
    const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((member) => {
      const list = description[member] as Json[] | undefined;
      return list
        ? [
            [
              member,
              list.map((index) => ({
                ...index,
                IndexArn: `${definition.arn}/index/${String(index.IndexName)}`,
              })),
            ],
          ]
        : [];
    });
    return {
      ...description,
      TableArn: definition.arn,
      ...Object.fromEntries(indexes),
      ...(stream && {
        LatestStreamArn: stream.arn,
        LatestStreamLabel: stream.label,
        StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
      }),
    };
  }

  function describeStream(description: Json, table: KnownTable | undefined): Json {
    if (!table?.stream) return description;
    const shards = (description.Shards ?? []) as { SequenceNumberRange?: Record<string, string> }[];
    return {
      ...description,
      StreamArn: table.stream.arn,
      StreamLabel: table.stream.label,
      StreamViewType: table.stream.viewType,
      Shards: shards.map(
        ({ SequenceNumberRange: { StartingSequenceNumber = '1' } = {}, ...shard }, index) => ({
          ...shard,
          // The last shard is open, whatever the engine says of its end.
          SequenceNumberRange: {
            StartingSequenceNumber: toSequenceNumber(StartingSequenceNumber),
            ...(index < shards.length - 1
              ? {
                  EndingSequenceNumber: toSequenceNumber(
                    shards[index]?.SequenceNumberRange?.EndingSequenceNumber ?? '',
                  ),
                }
              : {}),
          },
        }),
      ),
    };
  }

  return {
    /** The request as the engine understands it. */
    toEngine: (input: Json): Json => {
      const { StreamArn, SequenceNumber, ShardIterator, TableName } = input;
      const stream = tables.named(String(StreamArn ?? ''))?.stream;
      return {
        ...input,
        ...(TableName === undefined ? {} : { TableName: tableName(String(TableName)) }),
        ...(stream ? { StreamArn: stream.engineArn } : {}),
        ...(typeof SequenceNumber === 'string' ? { SequenceNumber: toEngineNumber(SequenceNumber) } : {}),
        // AWS's iterators begin with the ARN as well: that is how a GetRecords says which stream it reads.
        ...(typeof ShardIterator === 'string' ? { ShardIterator: ShardIterator.split('|').at(-1) } : {}),
      };
    },
    /** The engine's answer as DynamoDB would give it; `input` as the caller sent it. */
    toClient: (operation: string, input: Json, output: Json): Json => {
      switch (operation) {
        case 'DescribeTable':
          return { Table: describeTable(output.Table as Json) };
        case 'ListStreams':
          return {
            ...output,
            Streams: ((output.Streams ?? []) as Json[]).map((entry) => {
              const stream = tables.named(String(entry.TableName))?.stream;
              return stream ? { ...entry, StreamArn: stream.arn, StreamLabel: stream.label } : entry;
            }),
          };
        case 'DescribeStream':
          return {
            StreamDescription: describeStream(
              output.StreamDescription as Json,
              tables.named(String(input.StreamArn)),
            ),
          };
        case 'GetShardIterator':
          return { ShardIterator: `${String(input.StreamArn)}|1|${String(output.ShardIterator)}` };
        case 'GetRecords':
          return getRecords(String(input.ShardIterator), output);
        default:
          return output;
      }
    },
  };

  function getRecords(iterator: string, output: Json): Json {
    const [streamArn = ''] = iterator.split('|', 1);
    const table = tables.ofStream(streamArn);
    if (!table) return output;
    const records = (output.Records as EngineRecord[]).flatMap((record) => {
      const converted = convert(record, table);
      if (!converted) return [];
      const { eventSourceARN: _, userIdentity, ...rest } = converted;
      if (!userIdentity) return [rest];
      return [{ ...rest, userIdentity: { Type: userIdentity.type, PrincipalId: userIdentity.principalId } }];
    });
    return { Records: records, NextShardIterator: `${streamArn}|1|${String(output.NextShardIterator)}` };
  }
}
