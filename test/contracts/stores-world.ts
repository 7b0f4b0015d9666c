import type { ChannelShards } from '../../lambdas/ports/channel-shards.ts';
import type { ConnectionStore, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type { DeliveryProgress } from '../../lambdas/ports/delivery-progress.ts';
import type { OccupancyStore } from '../../lambdas/ports/occupancy-store.ts';
import type { Absence, PresenceStore } from '../../lambdas/ports/presence-store.ts';
import type { Subscription, SubscriptionStore } from '../../lambdas/ports/subscription-store.ts';
import type { ChannelEntry } from '../../lambdas/protocol/channel-entry.ts';

/** Epoch seconds at which the clock of a world stands. */
export const NOW = 1_764_000_000;

/** Empty stores that belong together. */
export interface StoresWorld {
  readonly connections: ConnectionStore;
  readonly subscriptions: SubscriptionStore;
  readonly presence: PresenceStore;
  readonly occupancy: OccupancyStore;
  readonly shards: ChannelShards;
  readonly progress: DeliveryProgress;
  /** The same subscriptions as an environment sees them that has just begun, and so remembers nothing. */
  anotherEnvironment(): SubscriptionStore;
  /** What the stream would tell if the connection were removed now. */
  lastImageOf(connectionId: string): Promise<RemovedConnection>;
  /** What the stream would tell of a member as it is now. */
  absenceOf(channel: string, userId: string): Promise<Absence | undefined>;
  /** What was entered on a channel, in order. */
  entriesOn(channel: string): Promise<readonly ChannelEntry[]>;
  /** Connection ids that are noted as this user's. */
  connectionsOf(userId: string): Promise<readonly string[]>;
}

/** All that are found on a channel by reading every shard that there is, in the order of their connection ids. */
export async function everySubscription(
  subscriptions: Pick<SubscriptionStore, 'audienceOf' | 'subscribersOf'>,
  channel: string,
): Promise<Subscription[]> {
  const { shards } = await subscriptions.audienceOf(channel, 1);
  const found: Subscription[] = [];
  for (let shard = 0; shard < shards; shard++) {
    for await (const page of subscriptions.subscribersOf(channel, shard)) found.push(...page);
  }
  return found.sort((one, other) => (one.connectionId < other.connectionId ? -1 : 1));
}
