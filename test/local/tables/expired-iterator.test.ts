import { expect, it } from 'vitest';
import { type Engine, EngineError } from '../../../local/runtime/dynamodb/engine.ts';
import type { KnownTable } from '../../../local/runtime/dynamodb/known-table.ts';
import { createStreamReader } from '../../../local/runtime/dynamodb/stream-reader.ts';
import type { EngineRecord } from '../../../local/runtime/dynamodb/stream-record.ts';
import type { StreamRecord } from '../../../local/runtime/tables.ts';

/** An engine with one shard of these records; its iterators name the record they stand before. */
function engineOf(sequenceNumbers: readonly string[]) {
  const expired = new Set<string>();
  const asked: Record<string, unknown>[] = [];
  let made = 0;
  const iteratorAt = (index: number) => `${index}#${made++}`;
  const operations: Record<string, (input: Record<string, unknown>) => unknown> = {
    DescribeStream: () => ({ StreamDescription: { Shards: [{ ShardId: 'shard' }] } }),
    GetShardIterator: (input) => {
      asked.push(input);
      const after = sequenceNumbers.indexOf(String(input.SequenceNumber));
      return { ShardIterator: iteratorAt(after + 1) };
    },
    GetRecords: ({ ShardIterator, Limit }) => {
      const iterator = String(ShardIterator);
      if (expired.has(iterator)) throw new EngineError('ExpiredIteratorException', 'too old');
      const from = Number.parseInt(iterator, 10);
      const read = sequenceNumbers.slice(from, from + Number(Limit));
      return {
        Records: read.map((SequenceNumber) => ({ dynamodb: { SequenceNumber } })),
        NextShardIterator: iteratorAt(from + read.length),
      };
    },
  };
  const engine = {
    ask: async (target: string, input: unknown) =>
      operations[target.split('.')[1] ?? '']?.(input as Record<string, unknown>),
  } as unknown as Engine;
  return { engine, asked, expire: (iterator: string) => expired.add(iterator) };
}

const table = { stream: { engineArn: 'arn:stream' } } as unknown as KnownTable;
const read = (engine: Engine) =>
  createStreamReader(engine, (record: EngineRecord) => record as unknown as StreamRecord);
const numbers = (records: readonly StreamRecord[]) => records.map(({ dynamodb }) => dynamodb.SequenceNumber);

it('a reader whose iterator expired goes on behind the record that it read last', async () => {
  const { engine, asked, expire } = engineOf(['10', '11', '12']);
  const readStream = read(engine);
  const first = await readStream(table, undefined, 2);
  expire((JSON.parse(first.position.token) as { iterator: string }).iterator);

  const second = await readStream(table, first.position, 2);

  expect([numbers(first.records), numbers(second.records)]).toEqual([['10', '11'], ['12']]);
  expect(asked).toMatchObject([
    { ShardIteratorType: 'TRIM_HORIZON' },
    { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '11' },
  ]);
});

it('a reader whose iterator expired before it read anything starts from the beginning', async () => {
  const { engine, expire } = engineOf([]);
  const readStream = read(engine);
  const first = await readStream(table, undefined, 2);
  expire((JSON.parse(first.position.token) as { iterator: string }).iterator);

  await expect(readStream(table, first.position, 2)).resolves.toMatchObject({ records: [] });
});
