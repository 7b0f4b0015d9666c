import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { connectionStoreContract } from './connection-store.ts';
import { MAX_CHANNELS, NOW, subscriptionStoreContract } from './subscription-store.ts';

const setUp = async (clock = new VirtualClock(NOW * 1000)) => new InMemoryTable(clock, MAX_CHANNELS);

connectionStoreContract('in memory', () => setUp());
subscriptionStoreContract('in memory', setUp);
