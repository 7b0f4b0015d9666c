import { BatchWriteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { connectionIdOfKey, memberOfKey } from '../../lambdas/adapters/dynamodb/keys.ts';
import { startExecution, type TestExecution } from './execution.ts';
import { pusherServer } from './pusher-server.ts';

/** Attributes of the keys, by the output that names the table. */
const TABLES = { ConnectionsTable: ['pk', 'sk'], NotificationsTable: ['channel', 'id'] } as const;

type TableOutput = keyof typeof TABLES;
type Row = Readonly<Record<string, unknown>>;

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_ROWS_PER_WRITE = 25;

let current: TestExecution | undefined;

/**
 * The execution, with the settings that are the default, which the test files of a process have one after the other: to start
 * one takes a processor for seconds. Whoever gets it finds nobody connected and no row in its tables, and does not stop it; it
 * ends with the process. Where somebody has been left behind who does not leave, the next file gets a new one.
 *
 * Not for a file that changes limits, secrets or the assembly, that takes functions, posts or streams their reliability, or that
 * looks at all letters of a queue or all lines of the log: such a file starts its own, by `startExecution`.
 */
export async function sharedExecution(): Promise<TestExecution> {
  if (current !== undefined && !(await isAsNew(current))) {
    await current.stop();
    current = undefined;
  }
  current ??= await startExecution();
  return current;
}

// The signal by which Vitest ends its processes: without a listener nothing would be tidied up on the way out.
process.once('SIGTERM', () => process.exit(143));

/** Once nobody is connected any more, deletes what has been left: caches, denials, notifications. False when somebody stays. */
async function isAsNew(execution: TestExecution): Promise<boolean> {
  try {
    await vi.waitFor(() => expectNobody(execution), { interval: 100 });
  } catch {
    return false;
  }
  await Promise.all([empty(execution, 'ConnectionsTable'), empty(execution, 'NotificationsTable')]);
  return true;
}

/** Nobody is connected, counted as connected, or about to be announced as gone. */
async function expectNobody(execution: TestExecution): Promise<void> {
  const response = await pusherServer(execution).get({ path: '/connections' });
  const { connections } = (await response.json()) as { connections: number };
  const rows = await rowsOf(execution, 'ConnectionsTable');
  const staying = rows.filter(
    ({ pk, sk }) => connectionIdOfKey(String(pk), String(sk)) ?? memberOfKey(String(pk), String(sk)),
  );
  if (connections > 0 || staying.length > 0) {
    throw new Error(
      `${connections} are counted as connected, ${staying.length} rows say that somebody is there`,
    );
  }
}

async function rowsOf({ dynamoDb, outputs }: TestExecution, table: TableOutput): Promise<Row[]> {
  const rows: Row[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await dynamoDb.send(
      new ScanCommand({ TableName: outputs[table], ConsistentRead: true, ExclusiveStartKey: start }),
    );
    rows.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return rows;
}

async function empty(execution: TestExecution, table: TableOutput): Promise<void> {
  const name = execution.outputs[table] as string;
  let deletes = (await rowsOf(execution, table)).map((row) => ({
    DeleteRequest: { Key: Object.fromEntries(TABLES[table].map((attribute) => [attribute, row[attribute]])) },
  }));
  while (deletes.length > 0) {
    const RequestItems = { [name]: deletes.slice(0, MAX_ROWS_PER_WRITE) };
    const { UnprocessedItems } = await execution.dynamoDb.send(new BatchWriteCommand({ RequestItems }));
    const unprocessed = (UnprocessedItems?.[name] ?? []) as typeof deletes;
    deletes = [...unprocessed, ...deletes.slice(MAX_ROWS_PER_WRITE)];
  }
}
