import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionStoreContract } from './connection-store.ts';
import { occupancyStoreContract } from './occupancy-store.ts';
import { presenceStoreContract } from './presence-store.ts';
import { NOW, type StoresWorld } from './stores-world.ts';
import { MAX_CHANNELS, subscriptionStoreContract } from './subscription-store.ts';

async function setUp(clock = new VirtualClock(NOW * 1000)): Promise<StoresWorld> {
  const table = new InMemoryTable(clock, MAX_CHANNELS);
  const { connections, subscriptions, presence, occupancy } = table;
  return {
    connections,
    subscriptions,
    presence,
    occupancy,
    lastImageOf: (connectionId) => table.lastImageOf(connectionId),
    absenceOf: async (channel, userId) => presence.absenceOf(channel, userId),
    entriesOn: async (channel) => table.entries.filter((entry) => entry.channel === channel),
    connectionsOf: async (userId) => [...(table.users.rows.get(userId)?.keys() ?? [])],
  };
}

connectionStoreContract('in memory', () => setUp());
subscriptionStoreContract('in memory', setUp);
presenceStoreContract('in memory', setUp);
occupancyStoreContract('in memory', setUp);
