import { memberTextOf } from './json-member.ts';
import { isObject, readJson } from './json-object.ts';

/** What a client said. `ignored` is an event of no meaning to the server: neither `pusher:` nor `client-`. */
export type ClientMessage =
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' }
  | {
      readonly kind: 'subscribe';
      readonly channel: string;
      readonly auth?: string;
      /** The string as it came, which is what was signed. */
      readonly channelData?: string;
    }
  | { readonly kind: 'unsubscribe'; readonly channel: string }
  | {
      readonly kind: 'client-event';
      readonly event: string;
      readonly channel: string;
      /** JSON text of an object, a list or null, as it came; null when nothing came. */
      readonly data: string;
    }
  | {
      readonly kind: 'sign-in';
      readonly auth: string;
      /** The string as it came, which is what was signed. */
      readonly userData: string;
    }
  | { readonly kind: 'ignored' };

/** Not a message; `problem` names the property and what was expected, and never quotes what came. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly problem: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * The one parser of what clients send. Accepts what Reverb accepts, `data` as an object or as a string of JSON, and calls
 * malformed what Reverb answers with 4200, `pusher:` events unknown to it included. Never throws.
 * Source: laravel/reverb `src/Protocols/Pusher/Server.php`, `EventHandler.php`, `ClientEvent.php`.
 */
export function parseClientMessage(text: string): ClientMessage | Malformed {
  const message = readJson(text);
  if (!isObject(message)) return malformed('the message must be a JSON object');
  const event = message.event;
  if (typeof event !== 'string' || event === '') return malformed('event must be a non-empty string');
  if (event.startsWith('pusher:')) return parsePusherEvent(event, message.data);
  if (event.startsWith('client-')) return parseClientEvent(event, message, text);
  return { kind: 'ignored' };
}

function parsePusherEvent(event: string, data: unknown): ClientMessage | Malformed {
  switch (event) {
    case 'pusher:ping':
      return { kind: 'ping' };
    case 'pusher:pong':
      return { kind: 'pong' };
    case 'pusher:subscribe':
      return parseSubscribe(unwrapped(data));
    case 'pusher:unsubscribe':
      return parseUnsubscribe(unwrapped(data));
    case 'pusher:signin':
      return parseSignIn(unwrapped(data));
    default:
      return malformed('event is no pusher: event that this server knows');
  }
}

function parseSubscribe(data: unknown): ClientMessage | Malformed {
  if (!isObject(data)) return malformed('data must be an object, or a string that holds one as JSON');
  const channel = data.channel;
  const auth = data.auth ?? undefined;
  const channelData = data.channel_data ?? undefined;
  if (typeof channel !== 'string' || channel === '') {
    return malformed('data.channel must be a non-empty string');
  }
  if (auth !== undefined && typeof auth !== 'string') return malformed('data.auth must be a string');
  if (channelData !== undefined && (typeof channelData !== 'string' || readJson(channelData) === undefined)) {
    return malformed('data.channel_data must be a string of JSON');
  }
  return {
    kind: 'subscribe',
    channel,
    ...(auth !== undefined && { auth }),
    ...(channelData !== undefined && { channelData }),
  };
}

function parseUnsubscribe(data: unknown): ClientMessage | Malformed {
  const channel = isObject(data) ? data.channel : undefined;
  return typeof channel === 'string' && channel !== ''
    ? { kind: 'unsubscribe', channel }
    : malformed('data.channel must be a non-empty string');
}

/** Source: pusher-js `src/core/user.ts`. Reverb knows no sign-in. */
function parseSignIn(data: unknown): ClientMessage | Malformed {
  if (!isObject(data)) return malformed('data must be an object, or a string that holds one as JSON');
  const { auth, user_data: userData } = data;
  if (typeof auth !== 'string') return malformed('data.auth must be a string');
  return typeof userData === 'string' && isObject(readJson(userData))
    ? { kind: 'sign-in', auth, userData }
    : malformed('data.user_data must be a string that holds an object as JSON');
}

function parseClientEvent(event: string, message: Members, text: string): ClientMessage | Malformed {
  // JSON can escape half of a surrogate pair, which no row can hold.
  if (!event.isWellFormed()) return malformed('event must not contain unpaired surrogates');
  const { channel } = message;
  if (typeof channel !== 'string' || channel === '') return malformed('channel must be a non-empty string');
  const data = message.data ?? null;
  const isText = typeof data === 'string';
  // A list is an object to PHP, and so to Reverb.
  if (typeof (isText ? readJson(data) : data) !== 'object') {
    return malformed('data must be an object or a list, or a string that holds one as JSON');
  }
  if (isText && !data.isWellFormed()) return malformed('data must not contain unpaired surrogates');
  return {
    kind: 'client-event',
    event,
    channel,
    data: isText ? data : (memberTextOf(text, 'data') ?? 'null'),
  };
}

function unwrapped(data: unknown): unknown {
  return typeof data === 'string' ? readJson(data) : data;
}

function malformed(problem: string): Malformed {
  return { kind: 'malformed', problem };
}
