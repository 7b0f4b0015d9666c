import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { WebSocket, WebSocketServer } from 'ws';
import { startLocalExecution } from '../local/local-execution.ts';
import { synthesize } from '../scripts/start/synthesize.ts';
import { type Measurement, percentile } from './measurement.ts';

const NOTIFICATIONS = 300;
const CHANNEL = 'bench';

/**
 * From a row's being written to its frame's arrival at a listener: one channel, one listener, one notification at a time.
 * The plain way writes the same row to the same table and then sends on a `ws` socket of its own process: a server
 * that has to run all the time, and that forgets the notification when it dies between the two.
 */
export async function latency(): Promise<readonly Measurement[]> {
  mkdirSync('.local/bench', { recursive: true });
  writeFileSync('.local/bench/settings.json', '{}');
  await synthesize('.local/bench/settings.json', '.local/bench/cdk.out');
  const execution = await startLocalExecution({ assemblyDirectory: '.local/bench/cdk.out' });
  const outputs = Object.assign({}, ...Object.values(execution.outputs)) as Record<string, string>;
  const client = new DynamoDBClient({
    endpoint: outputs.DynamoDbEndpoint as string,
    region: outputs.Region as string,
    credentials: {
      accessKeyId: outputs.AccessKeyId as string,
      secretAccessKey: outputs.SecretAccessKey as string,
    },
  });
  const table = DynamoDBDocumentClient.from(client);
  const write = (id: string) =>
    table.send(
      new PutCommand({
        TableName: outputs.NotificationsTable,
        Item: { channel: CHANNEL, id, event: 'notification.created', data: { id } },
      }),
    );
  try {
    const listener = await dial(`${execution.url.replace('http', 'ws')}/app/${outputs.AppKey}?protocol=7`);
    await frame(listener, 'connection_established');
    listener.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel: CHANNEL } }));
    await frame(listener, 'subscription_succeeded');
    const ours = await measure(listener, write);

    const plain = await plainServer();
    const theirs = await measure(plain.listener, async (id) => {
      await write(id);
      plain.send(
        JSON.stringify({ event: 'notification.created', data: JSON.stringify({ id }), channel: CHANNEL }),
      );
    });
    listener.close();
    plain.close();
    const against = 'a row and then a plain ws server';
    return [0.5, 0.99].map((share) => {
      const value = percentile(ours, share);
      return {
        bench: 'latency',
        case: `row written to frame received, ${share === 0.5 ? 'median' : 'p99'}`,
        value,
        unit: 'ms',
        ratio: value / percentile(theirs, share),
        against,
      };
    });
  } finally {
    client.destroy();
    await execution.stop();
  }
}

/** Milliseconds from the call that writes the row to its frame, the write itself included. */
async function measure(listener: WebSocket, write: (id: string) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < NOTIFICATIONS + 20; index += 1) {
    const id = ulid();
    const received = frame(listener, id).then(() => performance.now());
    const started = performance.now();
    await write(id);
    const elapsed = (await received) - started;
    // The first ones warm up pools, caches and compilers on both sides.
    if (index >= 20) samples.push(elapsed);
  }
  return samples;
}

async function dial(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  socket.setMaxListeners(0);
  await once(socket, 'open');
  return socket;
}

function frame(socket: WebSocket, containing: string): Promise<void> {
  return new Promise((resolve) => {
    const listen = (data: unknown): void => {
      if (!String(data).includes(containing)) return;
      socket.off('message', listen);
      resolve();
    };
    socket.on('message', listen);
  });
}

async function plainServer(): Promise<{
  listener: WebSocket;
  send: (text: string) => void;
  close: () => void;
}> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address() as { port: number };
  const connected = once(server, 'connection');
  const listener = await dial(`ws://127.0.0.1:${address.port}`);
  const [socket] = (await connected) as [WebSocket];
  return {
    listener,
    send: (text) => socket.send(text),
    close: () => {
      listener.close();
      server.close();
    },
  };
}
