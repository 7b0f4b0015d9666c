import { type Member, userIdTextOf } from './member.ts';
import type { Notification } from './notification.ts';
import { presenceData } from './presence-data.ts';
import {
  type ProtocolError,
  type ProtocolErrorCode,
  protocolErrors,
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

/** A code alone comes with its own message. */
export function protocolError(error: ProtocolErrorCode | ProtocolError): string {
  const { code, message } =
    typeof error === 'number' ? { code: error, message: protocolErrors[error] } : error;
  return frame('pusher:error', { code, message });
}

/** For the kinds without members. */
export function subscriptionSucceeded(channel: string): string {
  return frame('pusher_internal:subscription_succeeded', {}, channel);
}

/** For the kinds with members: with everybody who is there, the newcomer included. */
export function presenceSubscriptionSucceeded(channel: string, members: Iterable<Member>): string {
  return textFrame('pusher_internal:subscription_succeeded', presenceData(members), channel);
}

/**
 * What `Echo.private(…).error(…)` listens for. Reverb has no such frame; order and the object in `data` are those of Pusher's
 * other servers. Source: soketi `src/ws-handler.ts`.
 */
export function subscriptionError(channel: string, refusal: SubscriptionRefusal): string {
  const { type, error, status } = refusal;
  return JSON.stringify({ event: 'pusher:subscription_error', channel, data: { type, error, status } });
}

/** To everybody but the member: its `channel_data`, the very text. */
export function memberAdded(channel: string, { channelData }: Member): string {
  return textFrame('pusher_internal:member_added', channelData, channel);
}

/** The user's id alone, in the JSON type in which it came. */
export function memberRemoved(channel: string, member: Member): string {
  return textFrame('pusher_internal:member_removed', `{"user_id":${userIdTextOf(member)}}`, channel);
}

/** To whoever comes to a cache channel that keeps nothing. Without `data`, as Reverb. Source: laravel/reverb `EventHandler.php`. */
export function cacheMiss(channel: string): string {
  return JSON.stringify({ event: 'pusher:cache_miss', channel });
}

/** How many connections are on a channel. Source: pusher-js `src/core/channels/channel.ts`. */
export function subscriptionCount(channel: string, count: number): string {
  return frame('pusher_internal:subscription_count', { subscription_count: count }, channel);
}

/** The frame of a notification; its `data` is passed on as the very string it is. */
export function notificationFrame({
  event,
  data,
  channel,
}: Pick<Notification, 'event' | 'data' | 'channel'>): string {
  return JSON.stringify({ event, data, channel });
}

/**
 * What another client said. `data` is JSON text, which becomes a value in the frame, as every server for whispers has it: not a string.
 * `userId` is the sender's, on a presence channel. Source: laravel/reverb `src/Protocols/Pusher/ClientEvent.php`.
 */
export function clientEvent(said: {
  readonly event: string;
  readonly channel: string;
  readonly data: string;
  readonly userId?: string;
}): string {
  const { event, channel, data, userId } = said;
  const sender = userId === undefined ? '' : `,"user_id":${JSON.stringify(userId)}`;
  return `{"event":${JSON.stringify(event)},"channel":${JSON.stringify(channel)},"data":${data}${sender}}`;
}

/** `userData`: the text that was signed, which pusher-js parses once more. Source: pusher-js `src/core/user.ts`. */
export function signInSucceeded(userData: string): string {
  return frame('pusher:signin_success', { user_data: userData });
}

/** Who of the users that a connection watches is there, and who is not; without those of whom there are none. Source: pusher-js `src/core/watchlist.ts`. */
export function watchlistEvents(users: {
  readonly online?: readonly string[];
  readonly offline?: readonly string[];
}): string {
  const events = (['online', 'offline'] as const).flatMap((name) => {
    const ids = users[name] ?? [];
    return ids.length === 0 ? [] : [{ name, user_ids: ids }];
  });
  return frame('pusher_internal:watchlist_events', { events });
}

function frame(event: string, data: object, channel?: string): string {
  return textFrame(event, JSON.stringify(data), channel);
}

function textFrame(event: string, data: string, channel?: string): string {
  return JSON.stringify({ event, data, channel });
}
