import { mkdirSync, writeFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { WebSocket } from 'ws';
import type { ExecutionOptions, LocalExecution } from '../local/execution-options.ts';
import { startLocalExecution } from '../local/local-execution.ts';
import { synthesize } from '../scripts/start/synthesize.ts';

const SETTINGS = '.local/bench/settings.json';
const ASSEMBLY = '.local/bench/cdk.out';

/** The synthesized template, running, and what a benchmark needs of it. */
export interface LocalDeployment {
  readonly execution: LocalExecution;
  /** Where a Pusher client dials. */
  readonly socketUrl: string;
  /** An output of the stacks; throws when there is none. */
  output(name: string): string;
  /** Writes a notification row. */
  notify(channel: string, event: string, data: unknown): Promise<void>;
  /** A socket that is subscribed to a public channel. */
  listen(channel: string): Promise<WebSocket>;
  stop(): Promise<void>;
}

export interface DeploymentOptions extends Pick<ExecutionOptions, 'limits' | 'dynamoDbEndpoint'> {
  /** What differs from the defaults, as in `cdk.json`. */
  readonly settings?: object;
  /** Changes the cloud assembly before it is started. */
  readonly prepare?: (assemblyDirectory: string) => Promise<void>;
}

export async function startDeployment(options: DeploymentOptions = {}): Promise<LocalDeployment> {
  const { settings = {}, prepare, ...how } = options;
  mkdirSync('.local/bench', { recursive: true });
  writeFileSync(SETTINGS, JSON.stringify(settings));
  await synthesize(SETTINGS, ASSEMBLY);
  await prepare?.(ASSEMBLY);
  const execution = await startLocalExecution({ assemblyDirectory: ASSEMBLY, ...how });
  const outputs = Object.assign({}, ...Object.values(execution.outputs)) as Record<string, string>;
  const output = (name: string): string => {
    const value = outputs[name];
    if (value === undefined) throw new Error(`The stacks have no output ${name}.`);
    return value;
  };
  const socketUrl = `${execution.url.replace('http', 'ws')}/app/${output('AppKey')}?protocol=7`;
  const client = new DynamoDBClient({
    endpoint: output('DynamoDbEndpoint'),
    region: output('Region'),
    credentials: { accessKeyId: output('AccessKeyId'), secretAccessKey: output('SecretAccessKey') },
  });
  const table = DynamoDBDocumentClient.from(client);
  return {
    execution,
    socketUrl,
    output,
    async notify(channel, event, data) {
      const Item = { channel, id: ulid(), event, data };
      await table.send(new PutCommand({ TableName: output('NotificationsTable'), Item }));
    },
    async listen(channel) {
      const socket = new WebSocket(socketUrl);
      // Every frame waited for is a listener of its own.
      socket.setMaxListeners(0);
      await frameWith(socket, 'pusher:connection_established');
      socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel } }));
      await frameWith(socket, 'pusher_internal:subscription_succeeded');
      return socket;
    },
    async stop() {
      client.destroy();
      await execution.stop();
    },
  };
}

/** Resolves at the next frame that contains the text. */
export function frameWith(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (data: unknown): void => {
      if (!String(data).includes(text)) return;
      socket.off('message', look);
      resolve();
    };
    socket.on('message', look);
  });
}
