import type { ChannelEntry } from '../../protocol/channel-entry.ts';
import type { Item } from './paging.ts';

/** What happened on a channel is told within seconds; a day leaves the time to mend a broadcaster that cannot. */
const KEPT_IN_SECONDS = 24 * 60 * 60;

/**
 * The row of an entry in the Notifications table. `now`: epoch milliseconds.
 * Read by {@link file://../../protocol/channel-entry-row.ts}.
 */
export function entryItem(entry: ChannelEntry, now: number): Item {
  return {
    channel: { S: entry.channel },
    id: { S: entry.id },
    ...attributesOf(entry),
    createdAt: { S: new Date(now).toISOString() },
    expiresAt: { N: String(Math.floor(now / 1_000) + KEPT_IN_SECONDS) },
  };
}

function attributesOf(entry: ChannelEntry): Item {
  // Set by us alone: without it a row is a notification, whoever has written it.
  const internalKind = { S: entry.kind };
  switch (entry.kind) {
    case 'notification':
      return {
        event: { S: entry.event },
        data: { S: entry.data },
        ...(entry.socketId !== undefined && { socketId: { S: entry.socketId } }),
      };
    case 'client-event':
      return {
        internalKind,
        event: { S: entry.event },
        data: { S: entry.data },
        socketId: { S: entry.socketId },
        ...(entry.userId !== undefined && { userId: { S: entry.userId } }),
      };
    case 'joined':
      return {
        internalKind,
        connectionId: { S: entry.connectionId },
        fresh: { BOOL: entry.fresh },
        newMember: { BOOL: entry.newMember },
        ...(entry.member !== undefined && memberAttributes(entry.member)),
      };
    case 'left':
      return { internalKind, ...memberAttributes(entry.member) };
    case 'subscription-count':
      return { internalKind, count: { N: String(entry.count) } };
    case 'watched-user':
      return { internalKind, name: { S: entry.name }, userId: { S: entry.userId } };
  }
}

function memberAttributes({ userId, channelData }: { userId: string; channelData: string }): Item {
  return { userId: { S: userId }, channelData: { S: channelData } };
}
