import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngine, type Engine } from '../../local/runtime/dynamodb/engine.ts';

const ITEMS =
  /^DynamoDB_20120810\.(Get|Put|Update|Delete|BatchGet|BatchWrite|Query|TransactWrite|TransactGet)/;
const GET_RECORDS = 'DynamoDBStreams_20120810.GetRecords';

/** What was asked of both tables since the meter was made. */
export interface Consumption {
  readonly requests: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Distinct changes that streams gave out. */
  readonly streamRecords: number;
}

export interface MeteredEngine {
  /** For the local execution, as its `dynamoDbEndpoint`. */
  readonly endpoint: string;
  readonly engine: Engine;
  read(): Consumption;
  stop(): Promise<void>;
}

/**
 * The embedded engine behind a meter. It has each request answered with `ReturnConsumedCapacity`, by which the engine counts as DynamoDB does: an
 * item's bytes in steps of 1 KB written and 4 KB read, eventually consistent reads half, transactions double. What a refused write consumes the
 * engine does not say: one unit for each item, as for the small items that all of ours are.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export async function startMeteredEngine(): Promise<MeteredEngine> {
  const stops: (() => Promise<void> | void)[] = [];
  const engine = createEngine(
    {
      onStop: (stop) => stops.push(stop),
      fail: (failure) => console.error(failure.message),
    },
    undefined,
  );
  const total = { requests: 0, readUnits: 0, writeUnits: 0 };
  const records = new Set<string>();

  async function answer(target: string, body: Buffer): ReturnType<Engine['request']> {
    if (!ITEMS.test(target)) {
      const answered = await engine.request(target, body);
      if (target === GET_RECORDS && answered.status === 200) note(JSON.parse(answered.body.toString()));
      return answered;
    }
    const input = JSON.parse(body.toString()) as Input;
    const answered = await engine.request(
      target,
      JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }),
    );
    const units = unitsOf(input, JSON.parse(answered.body.toString()), answered.status);
    total.requests += 1;
    if (/\.(Get|BatchGet|Query|TransactGet)/.test(target)) total.readUnits += units;
    else total.writeUnits += units;
    return answered;
  }

  /** Each reader of a stream gets every change, with the attributes of its key in any order. */
  function note({
    Records = [],
  }: {
    Records?: { dynamodb: { SequenceNumber: string; Keys: object } }[];
  }): void {
    for (const { dynamodb } of Records) {
      records.add(JSON.stringify([dynamodb.SequenceNumber, Object.entries(dynamodb.Keys).sort()]));
    }
  }

  const server = createServer(async (request, response) => {
    try {
      const target = String(request.headers['x-amz-target']);
      const { status, headers, body } = await answer(target, await bodyOf(request));
      response.writeHead(status, {
        'content-type': headers['content-type'] ?? 'application/x-amz-json-1.0',
        'content-length': body.length,
        ...(headers['x-amz-crc32'] ? { 'x-amz-crc32': headers['x-amz-crc32'] } : {}),
      });
      response.end(body);
    } catch (failure) {
      console.error('The meter failed:', failure);
      response.destroy();
    }
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine,
    read: () => ({ ...total, streamRecords: records.size }),
    async stop() {
      server.close();
      server.closeAllConnections();
      for (const stop of stops) await stop();
    },
  };
}

interface Input {
  readonly TransactItems?: readonly unknown[];
}

function unitsOf({ TransactItems }: Input, output: Record<string, unknown>, status: number): number {
  // A batch and a transaction answer with one of these for each table.
  const consumed = [output.ConsumedCapacity ?? []].flat() as { CapacityUnits: number }[];
  if (status === 200) return consumed.reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  return TransactItems ? 2 * TransactItems.length : 1;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
