import { type ChannelKind, channelOf } from './channel.ts';
import type { ChannelEntry } from './channel-entry.ts';
import { entryFrame } from './entry-frame.ts';
import { isObject } from './json-object.ts';
import { MAX_FRAME_BYTES, MAX_KEY_BYTES } from './limits.ts';
import type { Member } from './member.ts';
import { readNotificationRow } from './notification-row.ts';
import { attributeOf, isLeftOut, Malformed, type Row, readText, rowOf, typeName } from './row-attributes.ts';
import { isSocketId } from './socket-id.ts';

/** Says what kind an entry is that we have written ourselves; a row without it is a notification, whoever wrote it. */
const KIND = 'internalKind';

/**
 * What happened on a channel, with the frame by which its subscribers are told, where there is one, or
 * why the row is neither a notification nor one of ours.
 */
export type EntryReading =
  | { readonly entry: ChannelEntry; readonly frame?: string }
  | {
      /** In words that contain nothing of the payload: fit for a log. */
      readonly reason: string;
      /** Where in the payload it was; the names of its members belong to the payload. */
      readonly place?: string;
    };

/**
 * Reads a new row of the Notifications table, in DynamoDB JSON. Of our own rows nothing is guessed at: one that is only nearly an
 * entry is a fault of ours, and is told to whoever looks after the dead-letter queue. Never throws.
 */
export function readChannelEntryRow(row: unknown): EntryReading {
  if (!isOurs(row)) {
    const reading = readNotificationRow(row);
    if ('reason' in reading) return reading;
    return { entry: { kind: 'notification', ...reading.notification }, frame: reading.frame };
  }
  try {
    const entry = readEntry(rowOf(row));
    const frame = entryFrame(entry);
    if (frame === undefined) return { entry };
    const bytes = Buffer.byteLength(frame);
    if (bytes <= MAX_FRAME_BYTES) return { entry, frame };
    return {
      reason: `its frame has ${bytes} bytes; API Gateway carries at most 128 KB (${MAX_FRAME_BYTES})`,
    };
  } catch (error) {
    return { reason: error instanceof Malformed ? error.message : 'the frame of the entry cannot be made' };
  }
}

function isOurs(row: unknown): boolean {
  return typeof row === 'object' && row !== null && Object.hasOwn(row, KIND);
}

function readEntry(row: Row): ChannelEntry {
  const kind = readText(row, KIND);
  const read = Object.hasOwn(readers, kind) ? readers[kind as keyof typeof readers] : undefined;
  if (read === undefined) {
    throw new Malformed(`${KIND} must be one of ${Object.keys(readers).join(', ')}`);
  }
  return read(row, { channel: readKey(row, 'channel'), id: readText(row, 'id') });
}

interface Place {
  readonly channel: string;
  readonly id: string;
}

const readers = {
  'client-event': (row, place) => ({
    kind: 'client-event',
    ...place,
    event: readText(row, 'event'),
    data: readJson(row, 'data'),
    socketId: readSocketId(row),
    ...(!isLeftOut(row, 'userId') && { userId: readText(row, 'userId') }),
  }),
  joined: (row, place) => {
    const kind = kindOf(place, ({ hasMembers, hasCache }) => hasMembers || hasCache);
    const entry = {
      kind: 'joined',
      ...place,
      connectionId: readKey(row, 'connectionId'),
      fresh: readFlag(row, 'fresh'),
      newMember: readFlag(row, 'newMember'),
    } as const;
    if (kind.hasMembers) return { ...entry, member: readMember(row) };
    if (!entry.newMember) return entry;
    throw new Malformed('newMember must be false on a channel without members');
  },
  left: (row, place) => {
    kindOf(place, ({ hasMembers }) => hasMembers);
    return { kind: 'left', ...place, member: readMember(row) };
  },
  'subscription-count': (row, place) => ({ kind: 'subscription-count', ...place, count: readCount(row) }),
  'watched-user': (row, place) => {
    kindOf(place, ({ name }) => name === 'watchlist');
    const name = readText(row, 'name');
    if (name !== 'online' && name !== 'offline') throw new Malformed('name must be online or offline');
    return { kind: 'watched-user', ...place, name, userId: readText(row, 'userId') };
  },
} satisfies Partial<Record<ChannelEntry['kind'], (row: Row, place: Place) => ChannelEntry>>;

function kindOf({ channel }: Place, fits: (kind: ChannelKind) => boolean): ChannelKind {
  const { kind } = channelOf(channel);
  if (fits(kind)) return kind;
  throw new Malformed(
    `channel must be one of a kind on which that can happen, got one of the kind ${kind.name}`,
  );
}

function readMember(row: Row): Member {
  const channelData = readText(row, 'channelData');
  const value = parsed(channelData, 'channelData');
  if (isObject(value)) {
    return { userId: readKey(row, 'userId'), channelData };
  }
  throw new Malformed('channelData must be the JSON text of an object');
}

/** What no row can have as its key would be looked for again and again, and the stream would not go on. */
function readKey(row: Row, name: string): string {
  const text = readText(row, name);
  if (Buffer.byteLength(text) <= MAX_KEY_BYTES) return text;
  throw new Malformed(`${name} must have at most ${MAX_KEY_BYTES} bytes`);
}

function readFlag(row: Row, name: string): boolean {
  const value = attributeOf(row, name);
  if (typeof value?.BOOL === 'boolean') return value.BOOL;
  throw new Malformed(`${name} must be true or false, got ${typeName(value)}`);
}

function readCount(row: Row): number {
  const value = attributeOf(row, 'count');
  const count = typeof value?.N === 'string' && /^\d+$/.test(value.N) ? Number(value.N) : Number.NaN;
  if (Number.isSafeInteger(count)) return count;
  throw new Malformed(`count must be a whole number, got ${typeName(value)}`);
}

function readSocketId(row: Row): string {
  const socketId = readText(row, 'socketId');
  if (isSocketId(socketId)) return socketId;
  throw new Malformed('socketId must be a socket id, digits.digits');
}

/** It becomes part of a frame as it is. */
function readJson(row: Row, name: string): string {
  const text = readText(row, name);
  parsed(text, name);
  return text;
}

function parsed(json: string, name: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Malformed(`${name} must be JSON text`);
  }
}
