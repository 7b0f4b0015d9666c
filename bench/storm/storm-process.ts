/**
 * Clients that all come at once, in a process of their own, and behave as pusher-js does where it may only use WebSockets. Told where to dial, it
 * says when all of them have what they came for.
 */
import { WebSocket } from 'ws';
import { signSubscription } from '../../lambdas/protocol/subscription-auth.ts';

export interface Storm {
  readonly url: string;
  readonly clients: number;
  /** For channels that need a signature; without it a greeting is all that clients come for. */
  readonly key?: string;
  readonly secret?: string;
}

/** Milliseconds since the clients began to dial. */
export interface StormReport {
  readonly greeted: readonly number[];
  readonly subscribed: readonly number[];
  readonly dials: number;
  /** Handshakes that were answered with this status. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Errors that clients were told, by their text. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * A dial that has not led to a greeting by then is given up, and the next one has twice the time; one that fails earlier is not
 * followed by the next one any sooner. Sources: pusher-js 8.6, `default_strategy.ts` and `sequential_strategy.ts`
 */
const FIRST_DIAL_IN_MILLISECONDS = 15_000;
const LONGEST_DIAL_IN_MILLISECONDS = 60_000;
/** After the end of a connection that had been greeted. Source: `connection_manager.ts` */
const PAUSE_IN_MILLISECONDS = 1_000;
/** A subscription that is refused is not asked for again, and its client never has all: what is there by then is told. */
const PATIENCE_IN_MILLISECONDS = 300_000;
/** Clients of one tenant. */
const CLIENTS_OF_A_TENANT = 10;

process.once('message', (storm: Storm) => {
  const started = performance.now();
  const greeted: number[] = [];
  const subscribed: number[] = [];
  const refusals: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const patience = setTimeout(report, PATIENCE_IN_MILLISECONDS);
  let dials = 0;

  function count(counts: Record<string, number>, what: string): void {
    counts[what] = (counts[what] ?? 0) + 1;
  }

  function arrive(arrivals: number[]): void {
    arrivals.push(performance.now() - started);
    const last = storm.key === undefined ? greeted : subscribed;
    if (last.length === storm.clients) report();
  }

  function report(): void {
    clearTimeout(patience);
    process.send?.({ greeted, subscribed, dials, refusals, errors } satisfies StormReport);
  }

  function dial(client: Client, time: number): void {
    dials += 1;
    const missing = new Set(channelsOf(client.number));
    const socket = new WebSocket(storm.url, { perMessageDeflate: false });
    let isGreeted = false;
    const giveUp = setTimeout(() => {
      socket.terminate();
      dial(client, Math.min(2 * time, LONGEST_DIAL_IN_MILLISECONDS));
    }, time);
    socket.on('unexpected-response', (request, response) => {
      count(refusals, String(response.statusCode));
      request.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (isGreeted) setTimeout(() => dial(client, FIRST_DIAL_IN_MILLISECONDS), PAUSE_IN_MILLISECONDS);
    });
    socket.on('message', (data) => {
      const text = String(data);
      if (text.includes('pusher:connection_established')) {
        isGreeted = true;
        clearTimeout(giveUp);
        if (!client.wasGreeted) arrive(greeted);
        client.wasGreeted = true;
        if (storm.key !== undefined) subscribe(socket, JSON.parse(JSON.parse(text).data).socket_id, missing);
      } else if (text.includes('subscription_succeeded')) {
        missing.delete(JSON.parse(text).channel);
        if (missing.size === 0 && !client.wasSubscribed) arrive(subscribed);
        client.wasSubscribed ||= missing.size === 0;
      } else count(errors, reasonOf(text));
    });
  }

  function subscribe(socket: WebSocket, socketId: string, channels: Iterable<string>): void {
    for (const channel of channels) {
      const signed = () => signSubscription(storm.key ?? '', storm.secret ?? '', { socketId, channel });
      const auth = channel.startsWith('private-') ? { auth: signed() } : {};
      socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel, ...auth } }));
    }
  }

  for (let number = 0; number < storm.clients; number += 1) {
    dial({ number, wasGreeted: false, wasSubscribed: false }, FIRST_DIAL_IN_MILLISECONDS);
  }
});

/** What a client was told, without what differs from client to client. */
function reasonOf(text: string): string {
  const { event, message, data } = JSON.parse(text);
  const reason = typeof data === 'string' ? JSON.parse(data) : data;
  return [event ?? message, reason?.error ?? reason?.message ?? ''].join(' ').trim();
}

interface Client {
  readonly number: number;
  wasGreeted: boolean;
  wasSubscribed: boolean;
}

/** Its tenant's, and one that all are on. */
function channelsOf(client: number): string[] {
  return [`private-commerce.${Math.floor(client / CLIENTS_OF_A_TENANT)}`, 'announcements'];
}
