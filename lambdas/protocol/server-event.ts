import type { Notification } from './notification.ts';
import {
  type ProtocolErrorCode,
  protocolErrors,
  RATE_LIMIT_EXCEEDED,
  type SubscriptionRefusal,
} from './protocol-error.ts';

/**
 * Every frame the server sends, as Reverb writes it: the order event, data, channel, and `data` as a string of JSON.
 * Source: laravel/reverb `src/Protocols/Pusher/EventHandler.php` and `EventDispatcher.php`.
 */
export function connectionEstablished(socketId: string, activityTimeoutInSeconds: number): string {
  return frame('pusher:connection_established', {
    socket_id: socketId,
    activity_timeout: activityTimeoutInSeconds,
  });
}

/** Without `data`, as Reverb answers. */
export function pong(): string {
  return '{"event":"pusher:pong"}';
}

/**
 * Where there is nothing to say. A route with a route response always sends a frame, and without a body an empty one, which
 * pusher-js reports as an error; an internal event without a channel it hands to nobody.
 * Sources: https://github.com/serverless/serverless/issues/6816, pusher-js `src/core/pusher.ts` and `connection/connection.ts`
 */
export function nothing(): string {
  return '{"event":"pusher_internal:nothing"}';
}

export function protocolError(code: ProtocolErrorCode): string {
  return frame('pusher:error', { code, message: protocolErrors[code] });
}

export function rateLimitExceeded(): string {
  return frame('pusher:error', { code: 4301, message: RATE_LIMIT_EXCEEDED });
}

/** For the kinds without members. */
export function subscriptionSucceeded(channel: string): string {
  return frame('pusher_internal:subscription_succeeded', {}, channel);
}

/**
 * What `Echo.private(…).error(…)` listens for. Reverb has no such frame; order and the object in `data` are those of Pusher's
 * other servers. Source: soketi `src/ws-handler.ts`.
 */
export function subscriptionError(channel: string, refusal: SubscriptionRefusal): string {
  const { type, error, status } = refusal;
  return JSON.stringify({ event: 'pusher:subscription_error', channel, data: { type, error, status } });
}

/** The frame of a notification; its `data` is passed on as the very string it is. */
export function notificationFrame({
  event,
  data,
  channel,
}: Pick<Notification, 'event' | 'data' | 'channel'>): string {
  return JSON.stringify({ event, data, channel });
}

function frame(event: string, data: object, channel?: string): string {
  return JSON.stringify({ event, data: JSON.stringify(data), channel });
}
