/**
 * Listeners in a process of their own, so that what they cost does not slow down who is measured. Told where to listen and how many of them
 * to be, it says `ready`; then, of each notification that has come to all of them, when it came to the first and to the last.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface Listening {
  readonly url: string;
  readonly listeners: number;
  /** To subscribe to, once greeted; without it whoever is connected listens. */
  readonly channel?: string;
}

/** Epoch milliseconds, as `now()` of `listeners.ts` has them. */
export interface Heard {
  readonly id: string;
  readonly first: number;
  readonly last: number;
}

/** As many as API Gateway admits to an account. Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const HANDSHAKES_A_SECOND = 500;
const HANDSHAKES_AT_ONCE = 50;
const ATTEMPTS = 10;
const PAUSE_IN_MILLISECONDS = 1_000;
const ID = /id\\*":\\*"(\w{26})/;

process.once('message', async (listening: Listening) => {
  const heard = new Map<string, { first: number; left: number }>();
  const places = Array.from({ length: listening.listeners }).values();
  const started = performance.now();
  let opened = 0;
  const worker = async (): Promise<void> => {
    for (const _ of places) {
      opened += 1;
      await sleep(started + (opened * 1_000) / HANDSHAKES_A_SECOND - performance.now());
      const socket = await openPatiently(listening);
      socket.on('message', (data) => hear(String(data)));
    }
  };
  await Promise.all(Array.from({ length: HANDSHAKES_AT_ONCE }, worker));
  process.send?.('ready');

  function hear(text: string): void {
    const id = ID.exec(text)?.[1];
    if (id === undefined) return;
    const now = performance.timeOrigin + performance.now();
    const known = heard.get(id) ?? { first: now, left: listening.listeners };
    known.left -= 1;
    heard.set(id, known);
    if (known.left > 0) return;
    heard.delete(id);
    process.send?.({ id, first: known.first, last: now } satisfies Heard);
  }
});

/** As clients do: who is refused or closed comes again. */
async function openPatiently(listening: Listening): Promise<WebSocket> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open(listening);
    } catch (failure) {
      if (attempt === ATTEMPTS) throw failure;
      await sleep(PAUSE_IN_MILLISECONDS);
    }
  }
}

function open({ url, channel }: Listening): Promise<WebSocket> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`A listener was closed (${code}) before it listened.`)));
    if (channel === undefined) socket.once('open', () => resolve(socket));
    else {
      socket.on('message', (data) => {
        const text = String(data);
        if (text.includes('pusher:connection_established')) {
          socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel } }));
        } else if (text.includes('subscription_succeeded')) {
          socket.removeAllListeners('message');
          resolve(socket);
        } else if (text.includes('error')) {
          socket.terminate();
        }
      });
    }
  });
}
