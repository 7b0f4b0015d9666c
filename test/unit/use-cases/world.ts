import { FakeGateway } from '../../fakes/fake-gateway.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { InMemoryAllowance } from '../../fakes/in-memory-allowance.ts';
import { InMemoryCacheStore } from '../../fakes/in-memory-cache.ts';
import { InMemoryDenialStore } from '../../fakes/in-memory-denials.ts';
import { InMemoryNotificationLog } from '../../fakes/in-memory-notification-log.ts';
import {
  InMemoryDeadLetterQueue,
  InMemoryDeliveryQueue,
  InMemoryExpirySchedule,
  InMemoryGraceSchedule,
  InMemoryMessageRepetition,
  InMemoryRetryQueue,
} from '../../fakes/in-memory-queues.ts';
import { InMemoryTable } from '../../fakes/in-memory-table.ts';
import { InMemoryWebhookQueue } from '../../fakes/in-memory-webhook-queue.ts';
import { KnownTokens } from '../../fakes/known-tokens.ts';
import { RecordingLogger } from '../../fakes/recording-logger.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { limits } from '../limits.ts';

export const APP_KEY = 'app-key';
export const SECRET = 'app-secret';
/** Epoch milliseconds at which every world begins. */
export const NOW = 1_764_000_000_000;
export const NOW_IN_SECONDS = NOW / 1000;

export const identity = { tenant: '12', user: 'user-7', tokenExpiresAt: NOW_IN_SECONDS + 600 };

/** Every port in memory and every setting, as the use cases take them. */
export function newWorld(
  changes: { readonly latencyInMilliseconds?: number; readonly places?: number } = {},
) {
  const clock = new VirtualClock(NOW);
  const table = new InMemoryTable(clock, limits.maxChannelsPerConnection);
  return {
    clock,
    table,
    connections: table.connections,
    subscriptions: table.subscriptions,
    presence: table.presence,
    occupancy: table.occupancy,
    users: table.users,
    shards: table.shards,
    progress: table.progress,
    cache: new InMemoryCacheStore(clock),
    denials: new InMemoryDenialStore(clock),
    allowance: new InMemoryAllowance(clock),
    gateway: new FakeGateway(clock, changes.latencyInMilliseconds, changes.places),
    retries: new InMemoryRetryQueue(),
    deliveries: new InMemoryDeliveryQueue(),
    repetition: new InMemoryMessageRepetition(),
    givenUp: new InMemoryRetryQueue(),
    deadLetters: new InMemoryDeadLetterQueue(),
    expiry: new InMemoryExpirySchedule(),
    grace: new InMemoryGraceSchedule(),
    webhooks: new InMemoryWebhookQueue(),
    log: new InMemoryNotificationLog(),
    secret: new FixedSecret(SECRET),
    tokens: new KnownTokens({ 'valid-token': identity }),
    logger: new RecordingLogger(),
    random: () => 0.5,
    settings: {
      appId: 'app',
      appKey: APP_KEY,
      channelPattern: 'private-commerce.{tenant}',
      allowedOrigins: ['*'] as readonly string[],
      activityTimeoutInSeconds: 120,
      clientEvents: 'members' as 'members' | 'all' | 'none',
      denialInSeconds: 60,
      graceInSeconds: 3,
      cacheTimeToLiveInSeconds: 3_600,
      subscriptionCountIntervalInSeconds: 0,
      limits,
    },
  };
}

export type World = ReturnType<typeof newWorld>;

/** A connection with a row. */
export async function connected(
  world: World,
  connectionId: string,
  connectedAt = NOW - 60_000,
): Promise<void> {
  await world.connections.open({ connectionId, connectedAt, expiresAt: NOW_IN_SECONDS + 7200 });
}

/** A connection on a channel. */
export async function subscribed(world: World, connectionId: string, channel: string): Promise<void> {
  await connected(world, connectionId);
  await world.subscriptions.subscribe({
    connectionId,
    channel,
    expiresAt: NOW_IN_SECONDS + 7200,
    askedAt: NOW - 60_000,
    inOrder: false,
  });
}
