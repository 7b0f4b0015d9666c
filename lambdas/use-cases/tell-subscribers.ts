import type { Clock } from '../ports/clock.ts';
import type { DeliveryProgress } from '../ports/delivery-progress.ts';
import type { Logger } from '../ports/logger.ts';
import type { DeliveryQueue } from '../ports/queues.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import { recent } from '../protocol/recent.ts';
import { type HandOver, handOver } from './hand-over.ts';
import { recipientsOf } from './recipients.ts';
import type { Fate, Sending } from './send-frames.ts';

/** To so many the broadcaster posts itself: one page, read with one query. More would keep the other channels of its batch waiting. */
export const INLINE_AUDIENCE = 500;

/** For so long an environment need not look how many listen to a channel to which many did: a busy one is looked at once a second. */
const LARGE_FOR_IN_MILLISECONDS = 1_000;
const REMEMBERED_CHANNELS = 1_000;

/** What is told, and to which of the channel's subscribers. */
export interface Telling extends HandOver, Sending {}

/**
 * Sends to everybody whom it is for, see {@link recipientsOf}: at once where few listen, and by the delivery queue where many do, or where something
 * earlier still waits in that queue, which would be overtaken. Throws when subscribers cannot be read or deliveries cannot be queued: what was sent
 * until then stands in `served`. `too-large` when API Gateway does not carry the frames.
 */
export const tellSubscribers = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly deliveries: DeliveryQueue;
  readonly progress: DeliveryProgress;
  /** The verb of {@link file://./send-frames.ts}. */
  readonly send: (
    recipients: readonly Subscription[],
    sending: Sending,
  ) => Promise<Readonly<Record<Fate, number>>>;
  readonly clock: Clock;
  readonly logger: Logger;
}) => {
  const { clock, logger, subscriptions } = deps;
  const hand = handOver(deps);
  /** Channels with many listeners, with the time (epoch milliseconds) until which that is taken for granted. */
  const large = recent<number>(REMEMBERED_CHANNELS);

  return async (telling: Telling): Promise<'done' | 'too-large'> => {
    const few = await fewListenersOf(telling.channel);
    return few === undefined ? await hand(telling) : await tellAtOnce(few, telling);
  };

  /** Undefined: they are many, or have to be reached by way of the queue. */
  async function fewListenersOf(channel: string): Promise<readonly Subscription[] | undefined> {
    if (clock.now() < (large.get(channel) ?? 0)) return undefined;
    const audience = await subscriptions.audienceOf(channel, INLINE_AUDIENCE);
    if (audience.shards > 1 || !audience.isComplete) {
      large.set(channel, clock.now() + LARGE_FOR_IN_MILLISECONDS);
      return undefined;
    }
    return audience.isQueued ? undefined : audience.subscriptions;
  }

  async function tellAtOnce(
    listeners: readonly Subscription[],
    { only, ...telling }: Telling,
  ): Promise<'done' | 'too-large'> {
    const { channel, notificationId, kind } = telling;
    const addressed = { ...telling, ...(only !== undefined && { only: only.connectionId }) };
    const { recipients, cameLater } = recipientsOf(listeners, addressed);
    const fates = await deps.send(recipients, telling);
    logger.info('entry-broadcast', { kind, channel, notificationId, ...fates, 'came-later': cameLater });
    return fates['too-large'] > 0 ? 'too-large' : 'done';
  }
};
