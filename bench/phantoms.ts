import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbChannelShards } from '../lambdas/adapters/dynamodb/channel-shards.ts';
import { channelShardOf } from '../lambdas/adapters/dynamodb/keys.ts';
import { writeAll } from '../lambdas/adapters/dynamodb/paging.ts';
import { shardsFor } from '../lambdas/adapters/dynamodb/shards-row.ts';
import { subscriptionRow } from '../lambdas/adapters/dynamodb/subscription-row.ts';
import { systemClock as clock } from '../lambdas/adapters/system/system-clock.ts';
import { environmentNames } from '../lambdas/environment-names.ts';
import { PHANTOM, type PhantomCounts, type PhantomGatewaySettings } from './phantom-gateway.ts';

export interface PhantomGateway {
  /** Lets the functions of a cloud assembly post to it instead of to the WebSocket API. */
  standBefore(assemblyDirectory: string): void;
  /** `webSocketUrl`: the stage of the started execution, to which posts to real connections are handed on. */
  handOnTo(webSocketUrl: string): void;
  counts(): Promise<PhantomCounts>;
  stop(): void;
}

export async function startPhantomGateway(settings: PhantomGatewaySettings): Promise<PhantomGateway> {
  const child = fork(new URL('phantom-gateway.ts', import.meta.url), [JSON.stringify(settings)], {
    execArgv: ['--import', 'tsx'],
  });
  const port = await nextMessage<number>(child);
  return {
    standBefore(assemblyDirectory) {
      const file = join(assemblyDirectory, 'pregonero-local-realtime.template.json');
      const template = JSON.parse(readFileSync(file, 'utf8'));
      for (const { Type, Properties } of Object.values<Resource>(template.Resources)) {
        const variables = Properties?.Environment?.Variables;
        if (Type !== 'AWS::Lambda::Function' || variables === undefined) continue;
        if (!(environmentNames.managementEndpoint in variables)) continue;
        variables[environmentNames.managementEndpoint] = `http://127.0.0.1:${port}/local`;
      }
      writeFileSync(file, JSON.stringify(template));
    },
    handOnTo(webSocketUrl) {
      child.send({ origin: new URL(webSocketUrl.replace(/^ws/, 'http')).origin });
    },
    counts() {
      const answer = nextMessage<PhantomCounts>(child);
      child.send({});
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly Environment?: { readonly Variables?: Record<string, unknown> } };
}

async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, 'message');
  return message as Message;
}

/** As if so many had subscribed: their rows, spread over as many shards as that needs. */
export async function subscribePhantoms(
  { client, table }: { readonly client: DynamoDBClient; readonly table: string },
  channel: string,
  count: number,
): Promise<void> {
  await new DynamoDbChannelShards({ client, clock, table }).fit(channel, count);
  const shards = shardsFor(count, 1);
  const now = Math.floor(clock.now() / 1000);
  const rows = Array.from({ length: count }, (_, index) => {
    const connectionId = `${PHANTOM}${String(index).padStart(7, '0')}=`;
    const place = { connectionId, channel, shard: channelShardOf(connectionId, shards) };
    return subscriptionRow({ place, until: now + 7_200, since: now - 60, askedAt: clock.now() - 60_000 });
  });
  const lanes = Array.from({ length: WRITERS }, (_, lane) => rows.filter((_, row) => row % WRITERS === lane));
  await Promise.all(
    lanes.map((lane) =>
      writeAll(
        client,
        clock,
        table,
        lane.map((Item) => ({ PutRequest: { Item } })),
      ),
    ),
  );
}

const WRITERS = 8;
