import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbChannelShards } from '../lambdas/adapters/dynamodb/channel-shards.ts';
import { channelShardOf } from '../lambdas/adapters/dynamodb/keys.ts';
import { writeAll } from '../lambdas/adapters/dynamodb/paging.ts';
import { shardsFor } from '../lambdas/adapters/dynamodb/shards-row.ts';
import { subscriptionRow } from '../lambdas/adapters/dynamodb/subscription-row.ts';
import { systemClock as clock } from '../lambdas/adapters/system/system-clock.ts';
import { environmentNames } from '../lambdas/environment-names.ts';
import { nextMessage, startChild } from './child.ts';
import {
  PHANTOM,
  type PhantomCounts,
  type PhantomGatewaySettings,
  type PhantomGatewayStage,
} from './phantom-gateway.ts';

export interface PhantomGateway {
  /** Lets the functions of a cloud assembly that fan out post to it instead of to the WebSocket API. */
  standBefore(assemblyDirectory: string): void;
  /** Hands on posts to real connections to the started execution whose outputs these are. */
  handOnTo(output: (name: string) => string): void;
  counts(): Promise<PhantomCounts>;
  stop(): void;
}

export async function startPhantomGateway(settings: PhantomGatewaySettings): Promise<PhantomGateway> {
  const child = startChild('phantom-gateway.ts', JSON.stringify(settings));
  const port = await nextMessage<number>(child);
  return {
    standBefore(assemblyDirectory) {
      changeTemplate(assemblyDirectory, 'pregonero-local-realtime', ({ Properties }) => {
        const variables = Properties?.Environment?.Variables ?? {};
        if (!POSTING.test(Properties?.FunctionName ?? '')) return;
        variables[environmentNames.managementEndpoint] = `http://127.0.0.1:${port}/local`;
      });
    },
    handOnTo(output) {
      const stage: PhantomGatewayStage = {
        endpoint: output('WebSocketUrl').replace(/^ws/, 'http'),
        region: output('Region'),
        credentials: {
          accessKeyId: output('AccessKeyId'),
          secretAccessKey: output('SecretAccessKey'),
        },
      };
      child.send(stage);
    },
    counts() {
      const answer = nextMessage<PhantomCounts>(child);
      child.send({});
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

/**
 * As if so many had subscribed to each of these channels: their rows, spread over as many shards as that needs, in a table that the execution of
 * this assembly will find there. Before that starts, since the embedded engine takes the longer for a write the longer a stream has
 * become: the table has none until its rows are there.
 */
export async function subscribePhantoms(
  assemblyDirectory: string,
  engine: string,
  channels: Readonly<Record<string, number>>,
): Promise<void> {
  nameTable(assemblyDirectory);
  const client = new DynamoDBClient({
    endpoint: engine,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const key = [
    ['pk', 'HASH'],
    ['sk', 'RANGE'],
  ] as const;
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: key.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: key.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    }),
  );
  for (const [channel, count] of Object.entries(channels)) {
    await new DynamoDbChannelShards({ client, clock, table: TABLE }).fit(channel, count);
    const writes = rowsOf(channel, count).map((Item) => ({ PutRequest: { Item } }));
    await writeAll(client, clock, TABLE, writes);
  }
  await client.send(
    new UpdateTableCommand({
      TableName: TABLE,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  client.destroy();
}

const POSTING = /-(broadcast|deliver)$/;
const TABLE = 'bench-connections';

function nameTable(assemblyDirectory: string): void {
  changeTemplate(assemblyDirectory, 'pregonero-local-data', ({ Properties }) => {
    if (Properties?.KeySchema?.[0]?.AttributeName === 'pk') Object.assign(Properties, { TableName: TABLE });
  });
}

function rowsOf(channel: string, count: number) {
  const shards = shardsFor(count, 1);
  const now = Math.floor(clock.now() / 1000);
  return Array.from({ length: count }, (_, index) => {
    const connectionId = `${PHANTOM}${String(index).padStart(7, '0')}=`;
    const place = { connectionId, channel, shard: channelShardOf(connectionId, shards) };
    return subscriptionRow({ place, until: now + 7_200, since: now - 60, askedAt: clock.now() - 60_000 });
  });
}

interface Resource {
  readonly Type: string;
  readonly Properties?: {
    readonly FunctionName?: string;
    readonly Environment?: { readonly Variables?: Record<string, unknown> };
    readonly KeySchema?: readonly { readonly AttributeName: string }[];
  };
}

function changeTemplate(
  assemblyDirectory: string,
  stack: string,
  change: (resource: Resource) => void,
): void {
  const file = join(assemblyDirectory, `${stack}.template.json`);
  const template = JSON.parse(readFileSync(file, 'utf8'));
  for (const resource of Object.values<Resource>(template.Resources)) change(resource);
  writeFileSync(file, JSON.stringify(template));
}
