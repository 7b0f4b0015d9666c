import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

/** A DynamoDB for the length of a test file: the embedded engine, or `DYNAMODB_ENDPOINT` where that is set. */
export interface DynamoDbEngine {
  readonly client: DynamoDBClient;
  /** Creates a table keyed as the Connections table is; returns its name. */
  createConnectionsTable(): Promise<string>;
  /** Creates a table keyed as the Notifications table is; returns its name. */
  createNotificationsTable(): Promise<string>;
  stop(): void;
}

let tables = 0;

export async function startDynamoDbEngine(): Promise<DynamoDbEngine> {
  const configured = process.env.DYNAMODB_ENDPOINT;
  const port = await freePort();
  const child = configured === undefined ? spawnEngine(port) : undefined;
  const client = new DynamoDBClient({
    endpoint: configured ?? `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
  await answering(client);
  return {
    client,
    createConnectionsTable: () => createTable(client, 'connections', 'pk', 'sk'),
    createNotificationsTable: () => createTable(client, 'notifications', 'channel', 'id'),
    stop: () => {
      client.destroy();
      child?.kill();
    },
  };
}

function spawnEngine(port: number): ChildProcess {
  const binary = join('node_modules', '@dynoxide', 'linux-x64', 'dynoxide');
  return spawn(binary, ['serve', '--port', String(port)], { stdio: 'ignore' });
}

async function createTable(
  client: DynamoDBClient,
  kind: string,
  hash: string,
  range: string,
): Promise<string> {
  tables += 1;
  const TableName = `test-${kind}-${process.pid}-${tables}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: hash, AttributeType: 'S' },
        { AttributeName: range, AttributeType: 'S' },
      ],
    }),
  );
  return TableName;
}

async function answering(client: DynamoDBClient): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error('the embedded DynamoDB engine did not answer within 10 seconds', { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
