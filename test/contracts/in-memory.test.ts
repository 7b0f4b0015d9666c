import { VirtualClock } from '../fakes/virtual-clock.ts';
import { channelShardsContract } from './channel-shards.ts';
import { connectionStoreContract } from './connection-store.ts';
import { deliveryProgressContract } from './delivery-progress.ts';
import { inMemoryStores } from './in-memory-stores.ts';
import { occupancyStoreContract } from './occupancy-store.ts';
import { presenceStoreContract } from './presence-store.ts';
import { shardedSubscriptionsContract } from './sharded-subscriptions.ts';
import { NOW } from './stores-world.ts';
import { subscriptionStoreContract } from './subscription-store.ts';

const setUp = async (clock = new VirtualClock(NOW * 1_000)) => inMemoryStores(clock);

connectionStoreContract('in memory', () => setUp());
subscriptionStoreContract('in memory', setUp);
presenceStoreContract('in memory', setUp);
occupancyStoreContract('in memory', setUp);
shardedSubscriptionsContract('in memory', setUp);
channelShardsContract('in memory', setUp);
deliveryProgressContract('in memory', setUp);
