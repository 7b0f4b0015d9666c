import type { SubscriptionPlace } from '../../../lambdas/ports/subscription-store.ts';
import type { NotificationRecord } from '../../../lambdas/use-cases/fan-out.ts';
import { newWorld, subscribed, type World } from './world.ts';

export const CHANNEL = 'private-commerce.12';

/** 21 digits as those of AWS, in the order of the ids; another for every channel. */
export const sequence = (id: string, channel = CHANNEL): string => {
  const place = [...channel].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_000_007, 7);
  return `4${id.padStart(10, '0')}${String(place).padStart(10, '0')}`;
};

/** The record of a notification `id`, whose data is its id. */
export const record = (
  id: string,
  channel = CHANNEL,
  changes: Record<string, unknown> = {},
): NotificationRecord => ({
  eventId: `event-${channel}-${id}`,
  sequenceNumber: sequence(id, channel),
  row: { channel: { S: channel }, id: { S: id }, event: { S: 'created' }, data: { S: id }, ...changes },
});
/** The same, stored at that time (epoch seconds). */
export const storedAt = (seconds: number, id: string, channel = CHANNEL): NotificationRecord => ({
  ...record(id, channel),
  storedAt: seconds,
});
export const frame = (id: string, channel = CHANNEL) =>
  JSON.stringify({ event: 'created', data: id, channel });

/** Where the subscription of a connection is, on a channel that is not spread. */
export const place = (connectionId: string, channel = CHANNEL): SubscriptionPlace => ({
  connectionId,
  channel,
  shard: 0,
});

/** A world in which these connections are on the channel. */
export async function worldWith(connectionIds: readonly string[], latencyInMilliseconds = 0): Promise<World> {
  const world = newWorld({ latencyInMilliseconds });
  for (const connectionId of connectionIds) await subscribed(world, connectionId, CHANNEL);
  return world;
}
