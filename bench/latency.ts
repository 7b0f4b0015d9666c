import { once } from 'node:events';
import { ulid } from 'ulid';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Listeners, now, startListeners } from './listening/listeners.ts';
import { startDeployment } from './local-deployment.ts';
import { type Measurement, percentile } from './measurement.ts';

const CHANNEL = 'bench';
const EVENT = 'notification.created';
const PLAIN = 'a row and then a plain ws server';
/** How many listen, and how many notifications are measured. */
const AUDIENCES = [
  { listeners: 1, notifications: 500 },
  { listeners: 100, notifications: 200 },
  { listeners: 5_000, notifications: 20 },
];
/** Pools, caches and compilers of both sides get warm before anything counts: a tenth of what is measured, or so many. */
const WARM_UP = 10;

/**
 * From the call that writes a row to its frame's arrival at the first and at the last of its listeners: one channel, one notification at a
 * time, the listeners in a process of their own. The plain way writes the same row to the same table and then sends on `ws` sockets of its own
 * process: a server that has to run all the time, and that forgets the notification when it dies between the two.
 */
export async function* latency(): AsyncGenerator<Measurement> {
  const deployment = await startDeployment();
  const write = (id: string) => deployment.notify(CHANNEL, EVENT, { id });
  try {
    // First the plain way, for all audiences: when ours has left, what belonged to its connections is taken down, which takes a while.
    const plain: Latencies[] = [];
    for (const { listeners, notifications } of AUDIENCES) {
      const server = await startPlainServer();
      const audience = await startListeners({ url: server.url, listeners });
      const writeAndSend = async (id: string): Promise<void> => {
        await write(id);
        server.send(JSON.stringify({ event: EVENT, data: JSON.stringify({ id }), channel: CHANNEL }));
      };
      plain.push(await measure(audience, notifications, writeAndSend));
      audience.stop();
      server.close();
    }
    for (const [index, { listeners, notifications }] of AUDIENCES.entries()) {
      const audience = await startListeners({ url: deployment.socketUrl, listeners, channel: CHANNEL });
      yield* compare(listeners, await measure(audience, notifications, write), plain[index] as Latencies);
      audience.stop();
    }
  } finally {
    await deployment.stop();
  }
}

/** Milliseconds, a notification each. */
interface Latencies {
  readonly first: number[];
  readonly last: number[];
}

async function measure(
  listeners: Listeners,
  notifications: number,
  write: (id: string) => Promise<unknown>,
): Promise<Latencies> {
  const latencies: Latencies = { first: [], last: [] };
  const warmUp = Math.max(WARM_UP, notifications / 10);
  for (let index = 0; index < warmUp + notifications; index += 1) {
    const id = ulid();
    const heard = listeners.heard(id);
    const started = now();
    await write(id);
    const { first, last } = await heard;
    if (index < warmUp) continue;
    latencies.first.push(first - started);
    latencies.last.push(last - started);
  }
  return latencies;
}

function* compare(listeners: number, ours: Latencies, theirs: Latencies): Generator<Measurement> {
  for (const which of listeners === 1 ? (['last'] as const) : (['first', 'last'] as const)) {
    for (const share of [0.5, 0.99]) {
      const value = percentile(ours[which], share);
      yield {
        bench: 'latency',
        case: `row to frame, ${listeners === 1 ? 'one listener' : `the ${which} of ${listeners} listeners`}, ${share === 0.5 ? 'median' : 'p99'}`,
        value,
        unit: 'ms',
        ratio: value / percentile(theirs[which], share),
        against: PLAIN,
      };
    }
  }
}

async function startPlainServer(): Promise<{
  readonly url: string;
  send(text: string): void;
  close(): void;
}> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    send: (text) => {
      for (const socket of server.clients as Set<WebSocket>) socket.send(text);
    },
    close: () => {
      for (const socket of server.clients as Set<WebSocket>) socket.terminate();
      server.close();
    },
  };
}
