import { entryItem } from '../../../lambdas/adapters/dynamodb/entry-row.ts';
import type { ChannelEntry } from '../../../lambdas/protocol/channel-entry.ts';
import type { Member } from '../../../lambdas/protocol/member.ts';
import type { NotificationRecord } from '../../../lambdas/use-cases/fan-out.ts';
import { sequence } from './notification-records.ts';
import { connected, NOW, NOW_IN_SECONDS, type World } from './world.ts';

export const ROOM = 'presence-room';

export const member = (userId: string): Member => ({
  userId,
  channelData: JSON.stringify({ user_id: userId, user_info: { name: `User ${userId}` } }),
});

/** The record of an entry, the `place`th of its channel. */
export const recordOf = (entry: ChannelEntry, place: number): NotificationRecord => ({
  eventId: `event-${entry.id}`,
  sequenceNumber: sequence(String(place), entry.channel),
  row: entryItem(entry, NOW),
});

/** Records of all that was entered together with what it tells of, in order; the first one is that `place` of its channel. */
export const recordsIn = (world: World, place = 0): NotificationRecord[] =>
  world.table.entries.map((entry, index) => recordOf(entry, place + index));

/** The same records, and earlier on their channels than all that is numbered from 0. */
export const earlier = (records: readonly NotificationRecord[]): NotificationRecord[] =>
  records.map((record) => ({ ...record, sequenceNumber: `3${record.sequenceNumber.slice(1)}` }));

/** Subscribes to a channel whose success is told in its order; what is returned is the id of the entry. */
export async function joins(
  world: World,
  connectionId: string,
  channel: string,
  userId?: string,
): Promise<string> {
  await connected(world, connectionId);
  await world.subscriptions.subscribe({
    connectionId,
    channel,
    expiresAt: NOW_IN_SECONDS + 7200,
    askedAt: world.clock.now(),
    ...(userId !== undefined && { member: member(userId) }),
    inOrder: true,
  });
  return world.table.entries.at(-1)?.id ?? '';
}

/** The members of {@link ROOM} as a newcomer is told them. */
export const succeeded = (...userIds: string[]): string =>
  JSON.stringify({
    event: 'pusher_internal:subscription_succeeded',
    data: JSON.stringify({
      presence: {
        count: userIds.length,
        ids: userIds,
        hash: Object.fromEntries(userIds.map((userId) => [userId, { name: `User ${userId}` }])),
      },
    }),
    channel: ROOM,
  });
export const added = (userId: string): string =>
  JSON.stringify({
    event: 'pusher_internal:member_added',
    data: member(userId).channelData,
    channel: ROOM,
  });
export const removed = (userId: string): string =>
  JSON.stringify({
    event: 'pusher_internal:member_removed',
    data: JSON.stringify({ user_id: userId }),
    channel: ROOM,
  });
