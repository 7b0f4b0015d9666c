import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionStoreContract } from './connection-store.ts';
import { inMemoryStores } from './in-memory-stores.ts';
import { occupancyStoreContract } from './occupancy-store.ts';
import { presenceStoreContract } from './presence-store.ts';
import { NOW } from './stores-world.ts';
import { subscriptionStoreContract } from './subscription-store.ts';

const setUp = async (clock = new VirtualClock(NOW * 1_000)) => inMemoryStores(clock);

connectionStoreContract('in memory', () => setUp());
subscriptionStoreContract('in memory', setUp);
presenceStoreContract('in memory', setUp);
occupancyStoreContract('in memory', setUp);
