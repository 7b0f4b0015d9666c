import { deliveryShare } from '../../lib/delivery-share.ts';
import { defaultConfig } from './default-config.ts';
import { costOf, prices } from './prices.ts';
import { type Measured, notificationWork } from './work.ts';

/** Numbers of listeners that are told of. */
export const AUDIENCES = [1, 10, 100, 1_000, 10_000, 100_000] as const;

/** One notification to one channel. */
export interface Audience {
  readonly listeners: number;
  readonly dollars: number;
  /** Of them, posts; the rest is reading, writing and running. */
  readonly posts: number;
  /** Until the last one has it, at the share of the account's posts that large audiences get. */
  readonly seconds: number;
}

const share = deliveryShare(defaultConfig().throttling);
const POSTS_A_SECOND = share.environments * share.postsPerSecond;

export function audienceOf(listeners: number, measured: Measured): Audience {
  const work = notificationWork(listeners, measured);
  const posts = costOf(prices.webSocketMessages, listeners);
  const dollars =
    posts +
    costOf(prices.readUnits, work.readUnits) +
    costOf(prices.writeUnits, work.writeUnits) +
    costOf(prices.lambdaRequests, work.invocations) +
    costOf(prices.lambdaGigabyteSeconds, work.gigabyteSeconds) +
    costOf(prices.fifoQueueRequests, work.sqsRequests);
  return { listeners, dollars, posts, seconds: listeners / POSTS_A_SECOND };
}
