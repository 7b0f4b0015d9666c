import { channelNameProblem } from './channel.ts';
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
  const text = Buffer.from(body).toString('utf8');
  const fields = /^\s*application\/(?:[^;\s]+\+)?json\b/i.test(contentType ?? '')
    ? ofJson(text)
    : ofForm(text);
  if (fields === undefined) return { problem: 'The body must be a JSON object.' };
  const [socketId, channel] = [fields.get('socket_id'), fields.get('channel_name')];
  if (typeof socketId !== 'string' || !isSocketId(socketId)) {
    return { problem: 'socket_id must be a socket id, digits.digits.' };
  }
  if (typeof channel !== 'string') return { problem: 'channel_name must be a string.' };
  const problem = channelNameProblem(channel, maxChannelNameLength);
  return problem === undefined ? { socketId, channel } : { problem };
}

function ofForm(text: string): ReadonlyMap<string, unknown> {
  return new Map(new URLSearchParams(text));
}

function ofJson(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? new Map(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}
