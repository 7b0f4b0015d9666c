import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createTables } from '../../../local/runtime/dynamodb/create-tables.ts';
import type { StreamPosition } from '../../../local/runtime/tables.ts';
import { openDoorway } from '../setup/doorway.ts';

/** An engine with one empty stream, which counts how often it is read. */
async function emptyEngine() {
  let reads = 0;
  const answers: Record<string, () => object> = {
    CreateTable: () => ({ TableDescription: { TableStatus: 'ACTIVE', LatestStreamArn: 'arn:stream' } }),
    DescribeStream: () => ({ StreamDescription: { Shards: [{ ShardId: 'shard' }] } }),
    GetShardIterator: () => ({ ShardIterator: 'iterator' }),
    GetRecords: () => {
      reads += 1;
      return { Records: [], NextShardIterator: 'iterator' };
    },
  };
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    request.resume().on('end', () => response.end(JSON.stringify(answers[operation]?.() ?? {})));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reads: () => reads };
}

it('the end of a stream is not read again before something was written, and after a moment all the same', async () => {
  const doorway = await openDoorway();
  onTestFinished(doorway.stop);
  const { endpoint, reads } = await emptyEngine();
  const tables = createTables(doorway.world, endpoint);
  const definition = {
    arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/rows',
    attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    streamViewType: 'NEW_IMAGE',
  };
  const { streamArn = '' } = await tables.create({ ...definition, name: 'rows' });
  let position: StreamPosition | undefined;
  const poll = async (): Promise<number> => {
    position = (await tables.readStream(streamArn, position, 100)).position;
    return reads();
  };
  /** Asks nobody; a slow machine may be at it for so long that the moment is over, and is then given another one. */
  const pollsThatReadNothing = async (): Promise<boolean> => {
    const before = await poll();
    for (let turn = 0; turn < 5; turn += 1) await poll();
    return reads() === before;
  };

  await expect.poll(pollsThatReadNothing, { interval: 0 }).toBe(true);
  const before = reads();
  await tables.create({ ...definition, name: 'others', arn: `${definition.arn}-of-others` });
  expect(await poll()).toBe(before + 1);
  await expect.poll(poll, { interval: 10 }).toBeGreaterThan(before + 1);
});
