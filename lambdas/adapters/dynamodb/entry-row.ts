import type { NewChannelEntry } from '../../protocol/channel-entry.ts';
import type { Item } from './paging.ts';

/** An entry is read from the stream, which keeps it for a day; nobody reads the row again. */
const KEPT_FOR_SECONDS = 24 * 60 * 60;

/**
 * The row of an entry in the Notifications table. `internalKind` is what tells it from a notification, which anybody may write. `id`:
 * a ULID. `now`: epoch milliseconds.
 */
export function entryItem(entry: NewChannelEntry, id: string, now: number): Item {
  return {
    channel: { S: entry.channel },
    id: { S: id },
    ...(entry.kind !== 'notification' && { internalKind: { S: entry.kind } }),
    ...attributesOf(entry),
    createdAt: { S: new Date(now).toISOString() },
    expiresAt: { N: String(Math.floor(now / 1_000) + KEPT_FOR_SECONDS) },
  };
}

function attributesOf(entry: NewChannelEntry): Item {
  switch (entry.kind) {
    case 'notification':
      return {
        event: { S: entry.event },
        data: { S: entry.data },
        ...(entry.socketId !== undefined && { socketId: { S: entry.socketId } }),
      };
    case 'client-event':
      return {
        event: { S: entry.event },
        data: { S: entry.data },
        socketId: { S: entry.socketId },
        ...(entry.userId !== undefined && { userId: { S: entry.userId } }),
      };
    case 'joined':
      return {
        connectionId: { S: entry.connectionId },
        fresh: { BOOL: entry.fresh },
        newMember: { BOOL: entry.newMember },
        ...(entry.member !== undefined && {
          userId: { S: entry.member.userId },
          channelData: { S: entry.member.channelData },
        }),
      };
    case 'left':
      return { userId: { S: entry.member.userId }, channelData: { S: entry.member.channelData } };
    case 'subscription-count':
      return { count: { N: String(entry.count) } };
    case 'watched-user':
      return { name: { S: entry.name }, userId: { S: entry.userId } };
  }
}
