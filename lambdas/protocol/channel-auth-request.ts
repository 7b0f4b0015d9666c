import { channelNameProblem } from './channel.ts';
import { readJsonObject } from './json-object.ts';
import { isSocketId } from './socket-id.ts';

/** What a client wants signed. */
export interface ChannelAuthorization {
  readonly socketId: string;
  readonly channel: string;
}

/** `problem` names the field and what was expected. */
export type ChannelAuthReading = ChannelAuthorization | { readonly problem: string };

/**
 * Reads the body of `POST /broadcasting/auth`: `socket_id` and `channel_name`, form-encoded as pusher-js sends them, or JSON
 * when the content type says so. Never throws.
 * Source: https://pusher.com/docs/channels/server_api/authorizing-users/
 */
export function readChannelAuthRequest(
  body: Uint8Array,
  contentType: string | undefined,
  maxChannelNameLength: number,
): ChannelAuthReading {
  const fields = fieldsOf(body, contentType);
  const reading = readSocketId(fields);
  if ('problem' in reading) return reading;
  const channel = fields?.get('channel_name');
  if (typeof channel !== 'string') return { problem: 'channel_name must be a string.' };
  const problem = channelNameProblem(channel, maxChannelNameLength);
  return problem === undefined ? { ...reading, channel } : { problem };
}

/**
 * Reads the body of `POST /broadcasting/user-auth`: `socket_id`, in the same forms. Never throws.
 * Source: https://pusher.com/docs/channels/server_api/authenticating-users/
 */
export function readUserAuthRequest(
  body: Uint8Array,
  contentType: string | undefined,
): { readonly socketId: string } | { readonly problem: string } {
  return readSocketId(fieldsOf(body, contentType));
}

function readSocketId(
  fields: ReadonlyMap<string, unknown> | undefined,
): { readonly socketId: string } | { readonly problem: string } {
  if (fields === undefined) return { problem: 'The body must be a JSON object.' };
  const socketId = fields.get('socket_id');
  return typeof socketId === 'string' && isSocketId(socketId)
    ? { socketId }
    : { problem: 'socket_id must be a socket id, digits.digits.' };
}

/** Undefined when it is said to be JSON and holds no object. */
function fieldsOf(
  body: Uint8Array,
  contentType: string | undefined,
): ReadonlyMap<string, unknown> | undefined {
  const text = Buffer.from(body).toString('utf8');
  return /^\s*application\/(?:[^;\s]+\+)?json\b/i.test(contentType ?? '')
    ? readJsonObject(text)
    : ofForm(text);
}

function ofForm(text: string): ReadonlyMap<string, unknown> {
  return new Map(new URLSearchParams(text));
}
