import type { ConnectionStore, RemovedConnection } from '../../lambdas/ports/connection-store.ts';
import type { OccupancyStore } from '../../lambdas/ports/occupancy-store.ts';
import type { Absence, PresenceStore } from '../../lambdas/ports/presence-store.ts';
import type { SubscriptionStore } from '../../lambdas/ports/subscription-store.ts';
import type { ChannelEntry } from '../../lambdas/protocol/channel-entry.ts';

/** Epoch seconds at which the clock of a world stands. */
export const NOW = 1_764_000_000;

/** Empty stores that belong together. */
export interface StoresWorld {
  readonly connections: ConnectionStore;
  readonly subscriptions: SubscriptionStore;
  readonly presence: PresenceStore;
  readonly occupancy: OccupancyStore;
  /** What the stream would tell if the connection were removed now. */
  lastImageOf(connectionId: string): Promise<RemovedConnection>;
  /** What the stream would tell of a member as it is now. */
  absenceOf(channel: string, userId: string): Promise<Absence | undefined>;
  /** What was entered on a channel, in order. */
  entriesOn(channel: string): Promise<readonly ChannelEntry[]>;
  /** Connection ids that are noted as this user's. */
  connectionsOf(userId: string): Promise<readonly string[]>;
}
