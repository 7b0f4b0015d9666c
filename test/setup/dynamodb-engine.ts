import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startEngine } from '../../local/runtime/dynamodb/start-engine.ts';

/** A DynamoDB for the length of a test file: the embedded engine, or `DYNAMODB_ENDPOINT` where that is set. */
export interface DynamoDbEngine {
  readonly client: DynamoDBClient;
  /** Creates a table keyed as the Connections table is; returns its name. */
  createConnectionsTable(): Promise<string>;
  /** Creates a table keyed as the Notifications table is; returns its name. */
  createNotificationsTable(): Promise<string>;
  stop(): Promise<void>;
}

let tables = 0;

export async function startDynamoDbEngine(): Promise<DynamoDbEngine> {
  const configured = process.env.DYNAMODB_ENDPOINT;
  const engine = configured === undefined ? await startEngine(() => undefined) : undefined;
  const client = new DynamoDBClient({
    endpoint: configured ?? engine?.origin ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 3,
  });
  return {
    client,
    createConnectionsTable: () => createTable(client, 'connections', 'pk', 'sk'),
    createNotificationsTable: () => createTable(client, 'notifications', 'channel', 'id'),
    stop: async () => {
      client.destroy();
      await engine?.stop();
    },
  };
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
