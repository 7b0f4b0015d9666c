import { InMemoryTable } from '../fakes/in-memory-table.ts';
import type { VirtualClock } from '../fakes/virtual-clock.ts';
import type { StoresWorld } from './stores-world.ts';
import { MAX_CHANNELS } from './subscription-store.ts';

export function inMemoryStores(clock: VirtualClock): StoresWorld {
  const table = new InMemoryTable(clock, MAX_CHANNELS);
  const { connections, subscriptions, presence, occupancy, shards, progress } = table;
  return {
    connections,
    subscriptions,
    presence,
    occupancy,
    shards,
    progress,
    anotherEnvironment: () => subscriptions,
    lastImageOf: (connectionId) => table.lastImageOf(connectionId),
    absenceOf: async (channel, userId) => presence.absenceOf(channel, userId),
    entriesOn: async (channel) => table.entries.filter((entry) => entry.channel === channel),
    connectionsOf: async (userId) => [...(table.users.rows.get(userId)?.keys() ?? [])],
  };
}
