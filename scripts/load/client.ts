import { WebSocket } from 'ws';
import { signSubscription } from '../sign-subscription.ts';
import type { ClientPlan, LoadNotification } from './client-messages.ts';

export interface ClientEvents {
  subscribed(): void;
  /** It broke, or was refused, before it was subscribed. */
  failed(why: string): void;
  /** It broke after it had been subscribed. */
  lost(): void;
  notified(notification: LoadNotification, receivedAt: number): void;
}

export interface Client {
  /** Sends a ping when nothing was heard for as long as the server allows. */
  keepAlive(now: number): void;
  close(): void;
}

/** From the handshake's beginning to the success of the subscription. */
const PATIENCE_IN_MS = 60_000;

/**
 * One connection that speaks the Pusher protocol on a plain WebSocket. Not `pusher-js`, which the tests run on: thousands of those
 * in one process would measure their timers and emitters.
 */
export function dial(plan: ClientPlan, channel: string, events: ClientEvents): Client {
  const socket = new WebSocket(plan.url, {
    handshakeTimeout: PATIENCE_IN_MS,
    perMessageDeflate: false,
  });
  let state: 'opening' | 'subscribed' | 'closed' = 'opening';
  let heardAt = Date.now();
  let activityTimeoutInMs = Number.POSITIVE_INFINITY;
  let pinged = false;
  const impatience = setTimeout(() => end('nothing for a minute'), PATIENCE_IN_MS);

  function end(why: string): void {
    const was = state;
    state = 'closed';
    clearTimeout(impatience);
    socket.terminate();
    if (was === 'opening') events.failed(why);
    if (was === 'subscribed') events.lost();
  }

  function hear({ event, data }: Frame): void {
    switch (event) {
      case 'pusher:connection_established': {
        const { socket_id, activity_timeout } = JSON.parse(String(data));
        activityTimeoutInMs = activity_timeout * 1000;
        const auth = signSubscription(plan.appKey, plan.appSecret, socket_id, channel);
        socket.send(JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth } }));
        break;
      }
      case 'pusher_internal:subscription_succeeded':
        state = 'subscribed';
        clearTimeout(impatience);
        events.subscribed();
        break;
      case 'pusher:error':
      case 'pusher:subscription_error':
        if (state === 'opening') end(`${event} ${JSON.stringify(data)}`);
        break;
      default:
        if (event?.startsWith('pusher')) break;
        events.notified(JSON.parse(String(data)), performance.timeOrigin + performance.now());
    }
  }

  socket.on('message', (bytes) => {
    heardAt = Date.now();
    pinged = false;
    const frame = parse(String(bytes));
    if (frame.event !== undefined) hear(frame);
    // What API Gateway itself says of a message that came to nothing.
    else if (frame.message !== undefined && state === 'opening') end(frame.message);
  });
  socket.on('unexpected-response', (_request, response) => end(`HTTP ${response.statusCode}`));
  socket.on('error', (failure) => end(failure.message));
  socket.on('close', (code) => end(`closed with ${code}`));

  return {
    keepAlive(now) {
      if (state !== 'subscribed' || pinged || now - heardAt < activityTimeoutInMs) return;
      pinged = true;
      socket.send('{"event":"pusher:ping","data":{}}');
    },
    close() {
      state = 'closed';
      clearTimeout(impatience);
      socket.terminate();
    },
  };
}

interface Frame {
  readonly event?: string;
  readonly data?: unknown;
  readonly message?: string;
}

function parse(text: string): Frame {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
