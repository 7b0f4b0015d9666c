import type { Subscription, SubscriptionPlace } from '../../ports/subscription-store.ts';
import { subscriptionKey } from './keys.ts';
import type { Item } from './paging.ts';
import { KEPT_FOR_REMOVAL_IN_SECONDS } from './row-lifetime.ts';
import { numberOf } from './row-read.ts';

/**
 * The row of a subscription in its place, as it is written when it is made. `until` and `since`: epoch seconds; `askedAt`: epoch milliseconds.
 * Readers go by `until`; the TTL attribute is later, for whoever counts the subscription out has to find it.
 */
export function subscriptionRow(subscription: {
  readonly place: SubscriptionPlace;
  readonly until: number;
  readonly since: number;
  readonly askedAt: number;
  readonly userId?: string | undefined;
  readonly joining?: string | undefined;
}): Item {
  const { place, userId, joining } = subscription;
  return {
    ...subscriptionKey(place),
    until: { N: String(subscription.until) },
    expiresAt: { N: expiresAtOf(subscription.until) },
    since: { N: String(subscription.since) },
    askedAt: { N: String(subscription.askedAt) },
    ...(userId !== undefined && { userId: { S: userId } }),
    ...(joining !== undefined && { joining: { S: joining } }),
  };
}

/** The TTL attribute of a subscription that is valid until then (epoch seconds). */
export function expiresAtOf(until: number): string {
  return String(until + KEPT_FOR_REMOVAL_IN_SECONDS);
}

/** `shard`: the one of its channel in which the row is. */
export function readSubscription(row: Item, shard: number): Subscription {
  return {
    connectionId: row.sk?.S ?? '',
    shard,
    expiresAt: numberOf(row.until),
    since: numberOf(row.since),
    lagging: row.lagging !== undefined,
    ...(row.userId?.S !== undefined && { userId: row.userId.S }),
    ...(row.joining?.S !== undefined && { joining: row.joining.S }),
    ...(row.askedAgain?.S !== undefined && { askedAgain: row.askedAgain.S }),
    ...(row.hearsAfter?.S !== undefined && { hearsAfter: row.hearsAfter.S }),
  };
}
