import { publishingProblem } from './channel.ts';
import type { Limits } from './limits.ts';
import {
  Complaints,
  complain,
  type FieldErrors,
  type Fields,
  fieldsOf,
  isMissing,
  jsonObjectOf,
  optionalText,
  requiredText,
  text,
} from './request-fields.ts';
import { isSocketId } from './socket-id.ts';

/** An event to be published. */
export interface EventRequest {
  readonly name: string;
  readonly data: string;
  /** At least one, each once. */
  readonly channels: readonly string[];
  readonly socketId?: string;
  /** Attributes of the channels that the caller wants to know, with commas between them. */
  readonly info?: string;
}

/** `unreadable`: no JSON object. `invalid`: messages by field. `too-large`: the data of an event. */
export type EventsReading =
  | {
      readonly outcome: 'accepted';
      readonly events: readonly EventRequest[];
      /** The field `idempotency_key`. */
      readonly idempotencyKey?: string;
    }
  | { readonly outcome: 'unreadable' }
  | { readonly outcome: 'too-large' }
  | { readonly outcome: 'invalid'; readonly errors: FieldErrors };

export type EventLimits = Pick<
  Limits,
  'maxEventNameLength' | 'maxChannelsPerEvent' | 'maxEventDataBytes' | 'maxEventsPerBatch'
>;

/**
 * Reads the body of `POST /apps/{appId}/events`. What Reverb's validator refuses is refused with its messages; beyond it,
 * names and sizes are checked, since nobody could receive what has a name that cannot be subscribed to, and text that is no
 * Unicode, since it cannot be stored. Never throws.
 * Source: laravel/reverb `Http/Controllers/EventsController.php`
 */
export function readEventRequest(body: Uint8Array, limits: EventLimits): EventsReading {
  const payload = jsonObjectOf(body);
  if (payload === undefined) return { outcome: 'unreadable' };
  const fields = fieldsOf(payload, new Complaints());
  const event = readEvent(fields, limits, readChannels);
  return readingOf([event], fields, limits);
}

/** The events of a body whose other fields are `fields`; the same for one event and for many. */
export function readingOf(
  events: readonly EventRequest[],
  fields: Fields,
  { maxEventDataBytes }: EventLimits,
): EventsReading {
  const idempotencyKey = optionalText(fields, 'idempotency_key');
  const { errors } = fields.complaints;
  if (errors !== undefined) return { outcome: 'invalid', errors };
  if (events.some(({ data }) => Buffer.byteLength(data) > maxEventDataBytes)) return { outcome: 'too-large' };
  return { outcome: 'accepted', events, ...(idempotencyKey !== undefined && { idempotencyKey }) };
}

/** One event; what is wrong with it is among the complaints, and it is of no use then. */
export function readEvent(
  fields: Fields,
  limits: EventLimits,
  channelsOf: (fields: Fields, limits: EventLimits) => readonly string[],
): EventRequest {
  const name = requiredText(fields, 'name') ?? '';
  const data = requiredText(fields, 'data') ?? '';
  const channels = channelsOf(fields, limits);
  const socketId = optionalText(fields, 'socket_id');
  const info = optionalText(fields, 'info');
  if (name.length > limits.maxEventNameLength) {
    complain(fields, 'name', `field must not be greater than ${limits.maxEventNameLength} characters.`);
  }
  return {
    name,
    data,
    channels: [...new Set(channels)],
    // What cannot be a socket's id excludes nobody, as with Reverb.
    ...(socketId !== undefined && isSocketId(socketId) && { socketId }),
    ...(info !== undefined && { info }),
  };
}

/** The one channel of a field. `name` says where the value stands. */
export function readChannel(fields: Fields, name: string, value: unknown): string[] {
  const channel = text(fields, name, value);
  if (channel === undefined) return [];
  const problem = publishingProblem(channel);
  if (problem !== undefined) fields.complaints.add(`${fields.place}${name}`, problem);
  return [channel];
}

function readChannels(fields: Fields, { maxChannelsPerEvent }: EventLimits): readonly string[] {
  const [several, one] = [fields.values.get('channels'), fields.values.get('channel')];
  if (isMissing(several) && isMissing(one)) {
    complain(fields, 'channels', 'field is required when channel is not present.');
    complain(fields, 'channel', 'field is required when channels is not present.');
    return [];
  }
  if (isMissing(several)) return readChannel(fields, 'channel', one);
  if (!Array.isArray(several)) {
    complain(fields, 'channels', 'field must be an array.');
    return [];
  }
  if (several.length > maxChannelsPerEvent) {
    complain(fields, 'channels', `field must not have more than ${maxChannelsPerEvent} items.`);
    return [];
  }
  return several.flatMap((channel, index) => readChannel(fields, `channels.${index}`, channel));
}
