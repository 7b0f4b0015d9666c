import { createHmac, createPrivateKey } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type JWTPayload, SignJWT } from 'jose';
import { ulid } from 'ulid';
import { inject } from 'vitest';
import type { ExecutionOptions, LocalExecution } from '../../local/execution-options.ts';
import { startLocalExecution } from '../../local/local-execution.ts';

/** A running deployment with what a test wants at hand. */
export interface TestExecution {
  readonly local: LocalExecution;
  /** Outputs of all stacks by key. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Where a Pusher client dials. */
  readonly socketUrl: string;
  readonly host: string;
  readonly port: number;
  readonly dynamoDb: DynamoDBDocumentClient;
  /** Everything the functions and the runtime logged. */
  readonly logs: readonly string[];
  /** Writes a notification row as the API would; returns its id. */
  notify(row: {
    channel: string;
    event?: string;
    data?: unknown;
    socketId?: string;
    id?: string;
  }): Promise<string>;
  /** Writes any row, malformed ones included. */
  putNotification(item: Record<string, unknown>): Promise<void>;
  /** Rows of the Connections table under a partition key. */
  connectionRows(pk: string): Promise<Record<string, unknown>[]>;
  /** Rows of the Notifications table of a channel. */
  notificationRows(channel: string): Promise<Record<string, unknown>[]>;
  /** `key:signature` as Laravel signs a private channel. */
  sign(socketId: string, channel: string): string;
  stop(): Promise<void>;
}

export async function startExecution(options: Partial<ExecutionOptions> = {}): Promise<TestExecution> {
  const logs: string[] = [];
  const local = await startLocalExecution({
    assemblyDirectory: inject('assemblyDirectory'),
    log: (line) => logs.push(line),
    ...options,
  });
  const outputs = Object.assign({}, ...Object.values(local.outputs)) as Record<string, string>;
  const output = (key: string): string => {
    const value = outputs[key];
    if (value === undefined)
      throw new Error(`The execution has no output ${key}; it has ${Object.keys(outputs)}.`);
    return value;
  };
  const client = new DynamoDBClient({
    endpoint: output('DynamoDbEndpoint'),
    region: output('Region'),
    credentials: { accessKeyId: output('AccessKeyId'), secretAccessKey: output('SecretAccessKey') },
  });
  const dynamoDb = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const put = async (item: Record<string, unknown>): Promise<void> => {
    await dynamoDb.send(new PutCommand({ TableName: output('NotificationsTable'), Item: item }));
  };
  const rowsOf = async (table: string, key: string, value: string): Promise<Record<string, unknown>[]> => {
    const page = await dynamoDb.send(
      new QueryCommand({
        TableName: output(table),
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': key },
        ExpressionAttributeValues: { ':value': value },
        ConsistentRead: true,
      }),
    );
    return page.Items ?? [];
  };
  const url = new URL(local.url);
  return {
    local,
    outputs,
    socketUrl: `${local.url.replace('http', 'ws')}/app/${output('AppKey')}?protocol=7`,
    host: url.hostname,
    port: Number(url.port),
    dynamoDb,
    logs,
    putNotification: put,
    async notify({ channel, event = 'notification.created', data = {}, socketId, id = ulid() }) {
      await put({ channel, id, event, data, socketId, createdAt: new Date().toISOString() });
      return id;
    },
    connectionRows: (pk) => rowsOf('ConnectionsTable', 'pk', pk),
    notificationRows: (channel) => rowsOf('NotificationsTable', 'channel', channel),
    sign(socketId, channel) {
      const signature = createHmac('sha256', output('AppSecret'))
        .update(`${socketId}:${channel}`)
        .digest('hex');
      return `${output('AppKey')}:${signature}`;
    },
    async stop() {
      client.destroy();
      await local.stop();
    },
  };
}

/** A token of the tests' issuer for a user of that commerce. */
export async function tokenFor(
  commerceId: number | string,
  changes: {
    claims?: JWTPayload;
    user?: string;
    expiresIn?: string | number;
    issuer?: string;
    audience?: string;
  } = {},
): Promise<string> {
  const issuer = inject('issuer');
  return new SignJWT({ commerce_id: commerceId, ...changes.claims })
    .setProtectedHeader({ alg: issuer.algorithm })
    .setSubject(changes.user ?? 'user-7')
    .setIssuer(changes.issuer ?? issuer.issuer)
    .setAudience(changes.audience ?? issuer.audience)
    .setIssuedAt()
    .setExpirationTime(changes.expiresIn ?? '10m')
    .sign(createPrivateKey(issuer.privateKey));
}
