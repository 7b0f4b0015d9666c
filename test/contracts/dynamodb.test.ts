import { afterAll, beforeAll } from 'vitest';
import { VirtualClock } from '../fakes/virtual-clock.ts';
import { type DynamoDbEngine, startDynamoDbEngine } from '../setup/dynamodb-engine.ts';
import { channelShardsContract } from './channel-shards.ts';
import { connectionStoreContract } from './connection-store.ts';
import { deliveryProgressContract } from './delivery-progress.ts';
import { dynamoDbStores } from './dynamodb-stores.ts';
import { occupancyStoreContract } from './occupancy-store.ts';
import { presenceStoreContract } from './presence-store.ts';
import { shardedSubscriptionsContract } from './sharded-subscriptions.ts';
import { NOW } from './stores-world.ts';
import { subscriptionStoreContract } from './subscription-store.ts';

let engine: DynamoDbEngine;
beforeAll(async () => {
  engine = await startDynamoDbEngine();
});
afterAll(() => engine.stop());

const setUp = (clock = new VirtualClock(NOW * 1_000)) => dynamoDbStores(engine, clock);

connectionStoreContract('on DynamoDB', () => setUp());
subscriptionStoreContract('on DynamoDB', setUp);
presenceStoreContract('on DynamoDB', setUp);
occupancyStoreContract('on DynamoDB', setUp);
shardedSubscriptionsContract('on DynamoDB', setUp);
channelShardsContract('on DynamoDB', setUp);
deliveryProgressContract('on DynamoDB', setUp);
