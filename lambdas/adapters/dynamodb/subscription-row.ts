import { subscriptionKey } from './keys.ts';
import type { Item } from './paging.ts';

/**
 * How much longer the row is kept than anybody reads it. TTL must not be first: the counts of a channel are changed with the row
 * itself, by whoever sees that its connection is gone, and TTL deletes connections days late.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
const KEPT_LONGER_IN_SECONDS = 30 * 24 * 60 * 60;

/**
 * The row of a new subscription. `expiresAt` and `since` in epoch seconds, `askedAt` in epoch milliseconds. In the row, `until` is
 * what readers compare, `expiresAt` what TTL does.
 */
export function subscriptionItem(subscription: {
  readonly connectionId: string;
  readonly channel: string;
  readonly expiresAt: number;
  readonly askedAt: number;
  readonly since: number;
  readonly userId?: string;
  readonly joining?: string;
}): Item {
  const { connectionId, channel, expiresAt, askedAt, since, userId, joining } = subscription;
  return {
    ...subscriptionKey(channel, connectionId),
    until: { N: String(expiresAt) },
    expiresAt: { N: String(expiresAt + KEPT_LONGER_IN_SECONDS) },
    since: { N: String(since) },
    askedAt: { N: String(askedAt) },
    ...(userId !== undefined && { userId: { S: userId } }),
    ...(joining !== undefined && { joining: { S: joining } }),
  };
}
