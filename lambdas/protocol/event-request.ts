import { publishingProblem } from './channel.ts';
import type { Limits } from './limits.ts';
import { isSocketId } from './socket-id.ts';

/** An event to be published. */
export interface EventRequest {
  readonly name: string;
  readonly data: string;
  /** At least one, each once. */
  readonly channels: readonly string[];
  readonly socketId?: string;
  /** Attributes of the channels that the caller wants to know. */
  readonly info?: string;
}

/** `unreadable`: no JSON object. `invalid`: messages by field, in Laravel's words and form. `too-large`: the data. */
export type EventReading =
  | { readonly outcome: 'accepted'; readonly event: EventRequest }
  | { readonly outcome: 'unreadable' }
  | { readonly outcome: 'too-large' }
  | { readonly outcome: 'invalid'; readonly errors: Readonly<Record<string, readonly string[]>> };

type EventLimits = Pick<Limits, 'maxEventNameLength' | 'maxChannelsPerEvent' | 'maxEventDataBytes'>;

/**
 * Reads the body of `POST /apps/{appId}/events`. What Reverb's validator refuses is refused with its messages; beyond it,
 * names and sizes are checked, since nobody could receive what has a name that cannot be subscribed to, and text that is no
 * Unicode, since it cannot be stored.
 * Source: laravel/reverb `Http/Controllers/EventsController.php`, laravel/framework `validation.php`.
 */
export function readEventRequest(body: Uint8Array, limits: EventLimits): EventReading {
  const payload = readJson(body);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return { outcome: 'unreadable' };
  }
  const fields = new Map(Object.entries(payload));
  const errors = new Map<string, string[]>();
  const complain = (field: string, message: string): void => {
    errors.set(field, [...(errors.get(field) ?? []), message]);
  };

  const name = requiredText(fields, 'name', complain);
  const data = requiredText(fields, 'data', complain);
  const channels = readChannels(fields, limits, complain);
  const socketId = optionalText(fields, 'socket_id', complain);
  const info = optionalText(fields, 'info', complain);
  if (name !== undefined && name.length > limits.maxEventNameLength) {
    complain('name', `The name field must not be greater than ${limits.maxEventNameLength} characters.`);
  }
  if (socketId !== undefined && !isSocketId(socketId)) {
    complain('socket_id', 'The socket id field format is invalid.');
  }

  if (errors.size > 0 || name === undefined || data === undefined) {
    return { outcome: 'invalid', errors: Object.fromEntries(errors) };
  }
  if (Buffer.byteLength(data) > limits.maxEventDataBytes) return { outcome: 'too-large' };
  return {
    outcome: 'accepted',
    event: {
      name,
      data,
      channels: [...new Set(channels)],
      ...(socketId !== undefined && { socketId }),
      ...(info !== undefined && { info }),
    },
  };
}

type Fields = ReadonlyMap<string, unknown>;
type Complain = (field: string, message: string) => void;

function requiredText(fields: Fields, field: string, complain: Complain): string | undefined {
  const value = fields.get(field);
  if (isMissing(value)) {
    complain(field, `The ${field} field is required.`);
    return undefined;
  }
  const given = text(value, field, complain);
  // JSON can escape half of a surrogate pair, which UTF-8 cannot write.
  if (given?.isWellFormed() === false) {
    complain(field, `The ${field} field must not contain unpaired surrogates.`);
  }
  return given;
}

function optionalText(fields: Fields, field: string, complain: Complain): string | undefined {
  const value = fields.get(field);
  return value === undefined || value === '' ? undefined : text(value, field, complain);
}

function text(value: unknown, field: string, complain: Complain): string | undefined {
  if (typeof value === 'string') return value;
  complain(field, `The ${field.replaceAll('_', ' ')} field must be a string.`);
  return undefined;
}

function readChannels(fields: Fields, limits: EventLimits, complain: Complain): string[] {
  const [several, one] = [fields.get('channels'), fields.get('channel')];
  if (isMissing(several) && isMissing(one)) {
    complain('channels', 'The channels field is required when channel is not present.');
    complain('channel', 'The channel field is required when channels is not present.');
    return [];
  }
  if (isMissing(several)) return readChannel(one, 'channel', complain);
  if (!Array.isArray(several)) {
    complain('channels', 'The channels field must be an array.');
    return [];
  }
  if (several.length > limits.maxChannelsPerEvent) {
    complain('channels', `The channels field must not have more than ${limits.maxChannelsPerEvent} items.`);
    return [];
  }
  return several.flatMap((channel, index) => readChannel(channel, `channels.${index}`, complain));
}

function readChannel(value: unknown, field: string, complain: Complain): string[] {
  const channel = text(value, field, complain);
  if (channel === undefined) return [];
  const problem = publishingProblem(channel);
  if (problem !== undefined) complain(field, problem);
  return [channel];
}

/** What Laravel's `required` calls missing. */
function isMissing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  );
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
