import { once } from 'node:events';
import { ulid } from 'ulid';
import { WebSocket, WebSocketServer } from 'ws';
import { frameWith, startDeployment } from './local-deployment.ts';
import { type Measurement, percentile } from './measurement.ts';

const NOTIFICATIONS = 500;
/** Pools, caches and compilers of both sides get warm before anything counts. */
const WARM_UP = 50;
const CHANNEL = 'bench';
const EVENT = 'notification.created';

/**
 * From the call that writes a row to its frame's arrival at a listener: one channel, one listener, one notification at a
 * time. The plain way writes the same row to the same table and then sends on a `ws` socket of its own process: a server that
 * has to run all the time, and that forgets the notification when it dies between the two.
 */
export async function* latency(): AsyncGenerator<Measurement> {
  const deployment = await startDeployment();
  const write = (id: string) => deployment.notify(CHANNEL, EVENT, { id });
  try {
    const listener = await deployment.listen(CHANNEL);
    const ours = await measure(listener, write);
    listener.close();

    const plain = await startPlainServer();
    const theirs = await measure(plain.listener, async (id) => {
      await write(id);
      plain.send(JSON.stringify({ event: EVENT, data: JSON.stringify({ id }), channel: CHANNEL }));
    });
    plain.close();
    for (const share of [0.5, 0.99]) {
      yield {
        bench: 'latency',
        case: `row written to frame received, ${share === 0.5 ? 'median' : 'p99'}`,
        value: percentile(ours, share),
        unit: 'ms',
        ratio: percentile(ours, share) / percentile(theirs, share),
        against: 'a row and then a plain ws server',
      };
    }
  } finally {
    await deployment.stop();
  }
}

async function measure(listener: WebSocket, write: (id: string) => Promise<unknown>): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let index = 0; index < WARM_UP + NOTIFICATIONS; index += 1) {
    const id = ulid();
    const received = frameWith(listener, id).then(() => performance.now());
    const started = performance.now();
    await write(id);
    const elapsed = (await received) - started;
    if (index >= WARM_UP) milliseconds.push(elapsed);
  }
  return milliseconds;
}

async function startPlainServer(): Promise<{
  readonly listener: WebSocket;
  send(text: string): void;
  close(): void;
}> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const listener = new WebSocket(`ws://127.0.0.1:${port}`);
  listener.setMaxListeners(0);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  return {
    listener,
    send: (text) => socket.send(text),
    close: () => {
      listener.close();
      server.close();
    },
  };
}
