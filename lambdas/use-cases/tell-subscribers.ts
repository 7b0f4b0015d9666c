import type { Logger } from '../ports/logger.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import type { ChannelEntry } from '../protocol/channel-entry.ts';
import { cameLater } from '../protocol/connection-lifetime.ts';
import type { Fate, Sending } from './send-frames.ts';

/** What is told, and to which of the channel's subscribers. */
export interface Telling extends Sending {
  readonly kind: ChannelEntry['kind'];
  /** Epoch seconds at which it was stored; whoever subscribed later does not get it. Left out, everybody gets it. */
  readonly storedAt?: number;
  /** Whom it is for, of those who were there. */
  readonly isFor: (subscription: Subscription) => boolean;
}

/**
 * Sends to everybody whom it is for and who was on the channel when it was stored. Who is still joining hears nothing of it: it was
 * stored before they came, and what they are told on joining contains it. Throws when subscribers cannot be read or deliveries cannot
 * be queued: what was sent until then stands in `served`. `too-large` when API Gateway does not carry the frames.
 */
export const tellSubscribers = (deps: {
  readonly subscriptions: SubscriptionStore;
  /** The verb of {@link file://./send-frames.ts}. */
  readonly send: (
    recipients: readonly Subscription[],
    sending: Sending,
  ) => Promise<Readonly<Record<Fate, number>>>;
  readonly logger: Logger;
}) => {
  return async (telling: Telling): Promise<'done' | 'too-large'> => {
    const { channel, notificationId, kind } = telling;
    const fates = { delivered: 0, gone: 0, waiting: 0, 'too-large': 0, 'came-later': 0 };
    for await (const page of deps.subscriptions.subscribersOf(channel)) {
      const there = page.filter((subscription) => isThere(subscription, telling));
      const before = there.filter(({ since }) => !isLater(since, telling));
      fates['came-later'] += there.length - before.length;
      // With each page: what has failed early waits for no later page, and a page that cannot be read loses nothing of it.
      const sent = await deps.send(before, telling);
      for (const fate of Object.keys(sent) as Fate[]) fates[fate] += sent[fate];
    }
    deps.logger.info('entry-broadcast', { kind, channel, notificationId, ...fates });
    return fates['too-large'] > 0 ? 'too-large' : 'done';
  };
};

function isThere(subscription: Subscription, { isFor, served }: Telling): boolean {
  return subscription.joining === undefined && isFor(subscription) && !served.has(subscription.connectionId);
}

function isLater(since: number, { storedAt }: Telling): boolean {
  return storedAt !== undefined && cameLater(since, storedAt);
}
