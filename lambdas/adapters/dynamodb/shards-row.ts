import { MOST_CHANNEL_SHARDS } from './keys.ts';
import type { Item } from './paging.ts';
import { numberOf } from './row-read.ts';

/** Over how many shards the subscriptions of a channel are spread. */
export interface Spread {
  /** What new ones are spread over. */
  readonly shards: number;
  /** In how many of them there may be subscriptions, counted from 0. */
  readonly toRead: number;
  /** In how many of them there may be one whose time has come, and who is to be counted out. */
  readonly toSearch: number;
}

/**
 * A partition gives 3,000 read units a second, which are 24 MB: subscriptions of a shard are read in a fraction of a second, and several
 * readers of it do not disturb each other. One function posts to as many within two seconds.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 */
const SUBSCRIPTIONS_A_SHARD = 4_000;

/**
 * How long shards are still read that new subscriptions are not put into any more, in seconds: longer than the two hours that a connection
 * lives, the ten seconds for which a number of shards is remembered, and the time for which a subscription is tried, together.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const READ_AFTER_SHRINKING_IN_SECONDS = 3 * 60 * 60;

/**
 * Of the row of the shards, whose absence says that there is one. `now`: epoch seconds.
 *
 * | attribute              | what it is                                                                                    |
 * | ---------------------- | --------------------------------------------------------------------------------------------- |
 * | `shards`               | what new subscriptions are spread over                                                        |
 * | `wider`, `widerUntil`  | what readers go by until then (epoch seconds), after it has shrunk                            |
 * | `widest`               | the most there has been, for as long as the row is there: what is removed late may be there   |
 */
export function readSpread(row: Item | undefined, now: number): Spread {
  const shards = Math.max(1, numberOf(row?.shards));
  const wider = numberOf(row?.widerUntil) > now ? numberOf(row?.wider) : 0;
  return {
    shards,
    toRead: Math.max(shards, wider),
    toSearch: Math.max(shards, numberOf(row?.widest)),
  };
}

/**
 * Over how many shards a channel with so many subscriptions is to be spread that is spread over `shards`. It shrinks later than it grows, so that
 * who comes and goes does not move it to and fro.
 */
export function shardsFor(subscriptions: number, shards: number): number {
  let needed = 1;
  while (needed < MOST_CHANNEL_SHARDS && needed * SUBSCRIPTIONS_A_SHARD < subscriptions) needed *= 2;
  return needed > shards || subscriptions * 4 <= shards * SUBSCRIPTIONS_A_SHARD ? needed : shards;
}
