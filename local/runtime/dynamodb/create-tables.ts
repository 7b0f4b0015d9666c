import type { StreamPage, StreamPosition, TableDefinition, Tables } from '../tables.ts';
import type { World } from '../world.ts';
import { createClientView } from './client-view.ts';
import { createEngine, type Engine, EngineError } from './engine.ts';
import { createKnownTables, type KnownTable } from './known-table.ts';
import { createDynamoDbHandler } from './serve-dynamodb.ts';
import { createStreamReader } from './stream-reader.ts';
import { type EngineRecord, toStreamRecord } from './stream-record.ts';
import { createTimeToLive, sweepRegularly } from './time-to-live.ts';

const dynamoDb = 'DynamoDB_20120810';

/** Records of one read. */
const PAGE_SIZE = 1_000;

/**
 * How long nothing is read of a stream to which nothing was written here: to the embedded engine nobody else writes, to one of
 * one's own somebody may. Each read costs the embedded engine the more, the longer the stream has become.
 */
const UNTOLD_MILLISECONDS = { embedded: 5_000, other: 250 };

type TablesWorld = Pick<
  World,
  'partition' | 'region' | 'accountId' | 'limits' | 'logs' | 'iam' | 'door' | 'onStart' | 'onStop' | 'fail'
>;

/** @param endpoint of a DynamoDB-compatible engine with streams; undefined is the embedded one */
export function createTables(world: TablesWorld, endpoint: string | undefined): Tables {
  const engine = createEngine(world, endpoint);
  const untold = UNTOLD_MILLISECONDS[endpoint === undefined ? 'embedded' : 'other'];
  const tables = createKnownTables();
  const all: KnownTable[] = [];
  /** Where the streams of tables begin that an earlier execution has left: what it wrote was its own mappings' to read. */
  const origins = new Map<KnownTable, StreamPosition>();
  /** By the position of a reader that was at the end of a stream: its last page, and what had been written when it began to read. */
  const ends = new WeakMap<StreamPosition, { page: StreamPage; writes: number; readAt: number }>();
  const timeToLive = createTimeToLive(engine);
  const convert = (record: EngineRecord, table: KnownTable) =>
    toStreamRecord(record, table, world, timeToLive.isExpiry);
  const read = createStreamReader(engine, convert);
  const arns = { tables, arnPrefix: `arn:${world.partition}:dynamodb:${world.region}:${world.accountId}:` };

  world.door.serve('dynamodb', createDynamoDbHandler(world, engine, arns, createClientView(tables, convert)));
  sweepRegularly(world, () => timeToLive.sweep(all, Math.floor(Date.now() / 1000)));

  return {
    has: (name) => tables.named(name) !== undefined,
    create: async (definition) => {
      const { engineArn, wasThere } = await createTable(engine, definition);
      const table: KnownTable = { definition, ...streamOf(definition, engineArn) };
      tables.add(table);
      if (wasThere && table.stream) origins.set(table, await presentEnd(table));
      if (wasThere)
        world.logs.write(
          'dynamodb',
          `The table ${definition.name} was there already: its rows stay, and its stream is read from its present end on.`,
        );
      all.push(table);
      return table.stream ? { streamArn: table.stream.arn } : {};
    },
    readStream: async (streamArn, after, limit) => {
      const table = tables.ofStream(streamArn);
      if (!table) throw new Error(`There is no stream ${streamArn}.`);
      const end = after && ends.get(after);
      if (end?.writes === engine.writes() && performance.now() - end.readAt < untold) return end.page;
      const [writes, readAt] = [engine.writes(), performance.now()];
      const page = await read(table, after ?? origins.get(table), limit);
      if (page.records.length === 0) ends.set(page.position, { page, writes, readAt });
      return page;
    },
  };

  async function presentEnd(table: KnownTable): Promise<StreamPosition> {
    let page = await read(table, undefined, PAGE_SIZE);
    while (page.records.length > 0) page = await read(table, page.position, PAGE_SIZE);
    return page.position;
  }
}

function streamOf(definition: TableDefinition, engineArn: string | undefined): Pick<KnownTable, 'stream'> {
  if (!definition.streamViewType) return {};
  if (!engineArn) throw new Error(`The engine gave the table ${definition.name} no stream.`);
  const label = new Date().toISOString().slice(0, -1);
  const arn = `${definition.arn}/stream/${label}`;
  return { stream: { arn, label, engineArn, viewType: definition.streamViewType } };
}

interface Description {
  readonly TableStatus: string;
  readonly LatestStreamArn?: string;
  readonly KeySchema: TableDefinition['keySchema'];
}

/**
 * Creates the table, always with both images on its stream: only so can be seen whether a write changed anything.
 * A table that an engine of one's own still has is taken as it is.
 */
async function createTable(
  engine: Engine,
  definition: TableDefinition,
): Promise<{ readonly engineArn: string | undefined; readonly wasThere: boolean }> {
  const { name, keySchema, attributeDefinitions, timeToLiveAttribute } = definition;
  let description = await engine
    .ask<{ TableDescription: Description }>(`${dynamoDb}.CreateTable`, {
      TableName: name,
      AttributeDefinitions: attributeDefinitions,
      KeySchema: keySchema,
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: definition.globalSecondaryIndexes,
      LocalSecondaryIndexes: definition.localSecondaryIndexes,
      StreamSpecification: definition.streamViewType && {
        StreamEnabled: true,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    })
    .then(
      ({ TableDescription }) => TableDescription,
      (failure: unknown) => {
        if (failure instanceof EngineError && failure.code === 'ResourceInUseException') return undefined;
        throw failure;
      },
    );
  const wasThere = description === undefined;
  while (description?.TableStatus !== 'ACTIVE') {
    const { Table } = await engine.ask<{ Table: Description }>(`${dynamoDb}.DescribeTable`, {
      TableName: name,
    });
    if (keysOf(Table.KeySchema) !== keysOf(keySchema)) {
      throw new Error(`The engine already has a table ${name} with other keys; delete it there.`);
    }
    description = Table;
  }
  if (timeToLiveAttribute) await enableTimeToLive(engine, name, timeToLiveAttribute);
  return { engineArn: description.LatestStreamArn, wasThere };
}

async function enableTimeToLive(engine: Engine, TableName: string, AttributeName: string): Promise<void> {
  await engine
    .ask(`${dynamoDb}.UpdateTimeToLive`, {
      TableName,
      TimeToLiveSpecification: { AttributeName, Enabled: true },
    })
    .catch((failure: unknown) => {
      if (!(failure instanceof EngineError && /already enabled/.test(failure.message))) throw failure;
    });
}

function keysOf(keySchema: TableDefinition['keySchema']): string {
  return keySchema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`).join(', ');
}
