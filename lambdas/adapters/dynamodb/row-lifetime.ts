import type { Clock } from '../../ports/clock.ts';

export const DAY_IN_SECONDS = 24 * 60 * 60;

/**
 * How much longer than it is valid a row is kept that the removal of its connection has to find, in seconds: TTL deletes days late,
 * and the connection's own row may be one of those it deletes.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export const KEPT_FOR_REMOVAL_IN_SECONDS = 30 * DAY_IN_SECONDS;

/**
 * How long after its last change a count, or a member, is kept, in seconds: longer than any subscription that is part of it. One that went
 * earlier would begin anew and be less than nothing once those have left. What a lost removal left in it goes with it.
 */
export const KEPT_FOR_SUBSCRIPTIONS_IN_SECONDS = 60 * DAY_IN_SECONDS;

/** Epoch seconds, which TTL and every time of a row are in that does not say otherwise. */
export function nowInSeconds(clock: Pick<Clock, 'now'>): number {
  return Math.floor(clock.now() / 1_000);
}
