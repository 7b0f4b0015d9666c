import { mkdirSync, writeFileSync } from 'node:fs';
import { ulid } from 'ulid';
import type { ExecutionOptions, LocalExecution } from '../local/execution-options.ts';
import { startLocalExecution } from '../local/local-execution.ts';
import { synthesize } from '../scripts/start/synthesize.ts';
import { PusherSocket } from './metering/pusher-socket.ts';
import { notificationTable, type Output, outputsOf } from './notifications.ts';

const SETTINGS = '.local/bench/settings.json';
const ASSEMBLY = '.local/bench/cdk.out';

/** The synthesized template, running, and what a benchmark needs of it. */
export interface LocalDeployment {
  readonly execution: LocalExecution;
  /** Where a Pusher client dials. */
  readonly socketUrl: string;
  readonly output: Output;
  /** Writes a notification row. */
  notify(channel: string, event: string, data: unknown): Promise<void>;
  /** A client that is subscribed to a public channel. */
  listen(channel: string): Promise<PusherSocket>;
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
  const output = outputsOf(execution.outputs);
  const socketUrl = `${execution.url.replace('http', 'ws')}/app/${output('AppKey')}?protocol=7`;
  const table = notificationTable(output);
  return {
    execution,
    socketUrl,
    output,
    async notify(channel, event, data) {
      await table.put({ channel, id: ulid(), event, data });
    },
    async listen(channel) {
      const client = await PusherSocket.open(socketUrl);
      await client.subscribe(channel);
      return client;
    },
    async stop() {
      table.stop();
      await execution.stop();
    },
  };
}
