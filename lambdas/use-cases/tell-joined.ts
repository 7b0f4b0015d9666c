import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import type { Subscription, SubscriptionStore } from '../ports/subscription-store.ts';
import type { WebhookQueue } from '../ports/webhook-queue.ts';
import { channelOf } from '../protocol/channel.ts';
import type { ChannelEntry } from '../protocol/channel-entry.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import type { Member } from '../protocol/member.ts';
import type { SubscriptionRefusal } from '../protocol/protocol-error.ts';
import {
  cacheMiss,
  presenceSubscriptionSucceeded,
  subscriptionError,
  subscriptionSucceeded,
} from '../protocol/server-event.ts';
import type { WebhookEvent } from '../protocol/webhook-event.ts';
import type { Sending } from './send-frames.ts';
import type { Telling } from './tell-subscribers.ts';

export type JoinedEntry = Extract<ChannelEntry, { readonly kind: 'joined' }>;

/** How the entry is broadcast; `frames` is left to whoever tells it. */
export type JoinedTask = Omit<Sending, 'frames'> & {
  readonly storedAt?: number;
  /** `member_added`, when the others are told. */
  readonly frame?: string;
};

interface Answer {
  readonly frames: readonly string[];
  readonly isMiss: boolean;
  readonly isRefusal: boolean;
}

const NO_ROOM: SubscriptionRefusal = {
  type: 'LimitReached',
  error: `The members of the channel do not fit into one message of ${MAX_FRAME_BYTES} bytes.`,
  status: 413,
};

/**
 * Tells of a connection that has come to a channel with members or a cache, when that is the channel's turn: the member is announced
 * and the others are told of it; then the newcomer is told its success, who is there, and the last event; and from then on it hears
 * what everybody hears. In this order: whoever is told of a member later than a newcomer was told the list would not know it.
 *
 * Interrupted anywhere it can be taken up again from the beginning, here or elsewhere: announcing changes nothing the second time,
 * whom this environment has told stands in `served`, and a newcomer who is marked as joined is not answered again. So only what was under
 * way is repeated. Webhooks are published before that mark: after it nobody would know of a cache miss.
 */
export const tellJoined = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly presence: PresenceStore;
  readonly cache: CacheStore;
  readonly webhooks: WebhookQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The verb of {@link file://./tell-subscribers.ts}. */
  readonly tell: (telling: Telling) => Promise<unknown>;
  /** The verb of {@link file://./send-frames.ts}. */
  readonly send: (recipients: readonly Subscription[], sending: Sending) => Promise<unknown>;
}) => {
  const { cache, logger, presence, subscriptions } = deps;

  return async (entry: JoinedEntry, task: JoinedTask): Promise<void> => {
    const { channel, connectionId, id, member, newMember } = entry;
    const events: WebhookEvent[] = [];
    if (newMember && member !== undefined) {
      await announce(entry, member, task);
      events.push({ name: 'member_added', channel, user_id: member.userId });
    }
    // Gone, or come again since, which has its own entry: then there is nobody to answer, and that somebody came is told all the same.
    const newcomer = await subscriptions.find(connectionId, channel);
    if (newcomer === undefined || !isAwaited(entry, newcomer)) return await publish(events);

    const { frames, isMiss, isRefusal } = await answerTo(entry);
    // What waits in the delivery queue is nothing to a newcomer, and comes first for whoever hears the channel already.
    const isInTurn = newcomer.joining === undefined && !isRefusal;
    if (isInTurn) await deps.tell({ ...task, kind: entry.kind, frames, only: newcomer });
    else await deps.send([newcomer], { ...task, frames });
    if (isMiss) events.push({ name: 'cache_miss', channel });
    await publish(events);
    if (isRefusal) {
      logger.warn('subscription-refused', { connectionId, channel, reason: NO_ROOM.error });
      await subscriptions.unsubscribe(connectionId, channel, deps.clock.now());
    } else if (newcomer.joining !== undefined) {
      await subscriptions.markJoined({ ...newcomer, channel }, newcomer.joining, task.sequenceNumber);
    }
    logger.info('joining-told', { connectionId, channel, notificationId: id });
  };

  async function announce(entry: JoinedEntry, { userId }: Member, task: JoinedTask): Promise<void> {
    const { channel, id, kind } = entry;
    await presence.announce(channel, userId, id);
    if (task.frame === undefined) return;
    // Its own connections are not others: those that came while this one waited for its turn, and this one, when it is repeated.
    await deps.tell({ ...task, kind, frames: [task.frame], except: { userId } });
  }

  async function answerTo({ channel, member }: JoinedEntry): Promise<Answer> {
    const { hasCache } = channelOf(channel).kind;
    const success =
      member === undefined
        ? subscriptionSucceeded(channel)
        : presenceSubscriptionSucceeded(channel, await membersBeside(channel, member));
    if (Buffer.byteLength(success) > MAX_FRAME_BYTES) {
      return { frames: [subscriptionError(channel, NO_ROOM)], isMiss: false, isRefusal: true };
    }
    if (!hasCache) return { frames: [success], isMiss: false, isRefusal: false };
    const cached = await cache.frameOf(channel);
    return {
      frames: [success, cached ?? cacheMiss(channel)],
      isMiss: cached === undefined,
      isRefusal: false,
    };
  }

  /**
   * Those of whom everybody has been told: of the others the newcomer will hear as everybody does. And the newcomer itself, whatever has
   * become of its row: pusher-js looks for itself in the list.
   */
  async function membersBeside(channel: string, self: Member): Promise<readonly Member[]> {
    const members = (await presence.membersOf(channel)).filter(({ announced }) => announced);
    return members.some(({ userId }) => userId === self.userId) ? members : [...members, self];
  }

  async function publish(events: readonly WebhookEvent[]): Promise<void> {
    if (events.length > 0) await deps.webhooks.publish(events);
  }
};

/**
 * Whoever asks again and again is answered for the last time only, or it could keep a channel busy, and all whose notifications come in the
 * same shard. That the entry of its coming is still awaited then means that it was given up: entries of a channel come in their order.
 */
function isAwaited({ fresh, id }: JoinedEntry, { joining, askedAgain }: Subscription): boolean {
  return (fresh ? joining : askedAgain) === id;
}
