import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DeliveryProgress } from '../ports/delivery-progress.ts';
import type { Logger } from '../ports/logger.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import type { DeliveryQueue, Exception, RetryQueue } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import type { WebhookQueue } from '../ports/webhook-queue.ts';
import { channelOf } from '../protocol/channel.ts';
import type { ChannelEntry } from '../protocol/channel-entry.ts';
import { outlivesConnections } from '../protocol/connection-lifetime.ts';
import { connectionIdOf } from '../protocol/socket-id.ts';
import type { WebhookEvent } from '../protocol/webhook-event.ts';
import { type Sending, sendFrames } from './send-frames.ts';
import { tellJoined } from './tell-joined.ts';
import { tellSubscribers } from './tell-subscribers.ts';

/**
 * How long one connection is tried before it waits in the retry queue. Short: what comes next on its channel waits as long, and so
 * do all records of the stream's shard, those of other tenants too. A client that has stopped reading does not begin again within a second.
 */
export const MOMENT_IN_MILLISECONDS = 300;

export interface BroadcastDependencies {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly presence: PresenceStore;
  readonly cache: CacheStore;
  readonly webhooks: WebhookQueue;
  readonly gateway: ConnectionGateway;
  readonly retries: RetryQueue;
  readonly deliveries: DeliveryQueue;
  readonly progress: DeliveryProgress;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: { readonly cacheTimeToLiveInSeconds: number };
}

export interface Broadcast extends Pick<Sending, 'sequenceNumber' | 'notAfter' | 'postBefore' | 'served'> {
  readonly entry: ChannelEntry;
  /** Which its subscribers are told it by; left out where there is nothing to tell them all. */
  readonly frame?: string;
  /** Epoch seconds at which it was stored. */
  readonly storedAt?: number;
}

/**
 * Takes one entry to whom it is for, by kind: a notification or a client event to all but its sender; who has left, who watches
 * whom and how many there are to everybody; who has joined as {@link tellJoined} does. What is older than any connection is
 * nobody's. What the API wants to know is published after that.
 *
 * Throws when subscribers cannot be read, deliveries or webhooks cannot be queued, or a store fails: taken up again with the same `served`,
 * nobody is sent a frame twice. `too-large` when API Gateway does not carry the frame.
 */
export const broadcastEntry = (deps: BroadcastDependencies) => {
  const { clock, logger } = deps;
  const send = sendFrames(deps, MOMENT_IN_MILLISECONDS);
  const tell = tellSubscribers({ ...deps, send });
  const joined = tellJoined({ ...deps, send, tell });

  return async ({ entry, frame, ...how }: Broadcast): Promise<'done' | 'too-large'> => {
    const { channel, id: notificationId, kind } = entry;
    // Before anybody is looked for: whoever is joining meanwhile is told from the cache what this passes them over with.
    if (kind === 'notification' && frame !== undefined) await keep(channel, frame, how);
    const { storedAt } = how;
    if (storedAt !== undefined && outlivesConnections(storedAt, clock.now() / 1000)) {
      logger.warn('entry-outdated', { kind, channel, notificationId, storedAt });
      return 'done';
    }
    const task = { ...how, channel, notificationId };
    if (kind === 'joined') {
      await joined(entry, { ...task, ...(frame !== undefined && { frame }) });
      return 'done';
    }
    if (frame === undefined) return 'done';
    const outcome = await tell({ ...task, kind, frames: [frame], ...exceptionOf(entry) });
    const event = webhookOf(entry);
    if (outcome === 'done' && event !== undefined) await deps.webhooks.publish([event]);
    return outcome;
  };

  /** Notifications only: what clients and members do is no state that a latecomer misses. */
  async function keep(channel: string, frame: string, how: Omit<Broadcast, 'entry'>): Promise<void> {
    if (!channelOf(channel).kind.hasCache) return;
    const { sequenceNumber, storedAt = clock.now() / 1000 } = how;
    const expiresAt = Math.floor(storedAt) + deps.settings.cacheTimeToLiveInSeconds;
    await deps.cache.keep(channel, { frame, sequenceNumber, expiresAt });
  }
};

function exceptionOf(entry: ChannelEntry): { readonly except?: Exception } {
  const socketId = 'socketId' in entry ? entry.socketId : undefined;
  const connectionId = socketId === undefined ? undefined : connectionIdOf(socketId);
  return connectionId === undefined ? {} : { except: { connectionId } };
}

function webhookOf(entry: ChannelEntry): WebhookEvent | undefined {
  const { channel } = entry;
  if (entry.kind === 'left') return { name: 'member_removed', channel, user_id: entry.member.userId };
  if (entry.kind !== 'client-event') return undefined;
  const { event, data, socketId, userId } = entry;
  return {
    name: 'client_event',
    channel,
    event,
    data,
    socket_id: socketId,
    ...(userId !== undefined && { user_id: userId }),
  };
}
