import { InMemoryAllowance } from '../fakes/in-memory-allowance.ts';
import { InMemoryCacheStore } from '../fakes/in-memory-cache.ts';
import { InMemoryDenialStore } from '../fakes/in-memory-denials.ts';
import { InMemoryIdempotencyStore } from '../fakes/in-memory-idempotency.ts';
import { InMemoryNotificationLog } from '../fakes/in-memory-notification-log.ts';
import { InMemoryGraceSchedule } from '../fakes/in-memory-queues.ts';
import { InMemoryTable } from '../fakes/in-memory-table.ts';
import { allowanceContract } from './allowance.ts';
import { cacheStoreContract } from './cache-store.ts';
import { denialStoreContract } from './denial-store.ts';
import { idempotencyStoreContract } from './idempotency-store.ts';
import { notificationLogContract } from './notification-log.ts';
import { graceScheduleContract } from './queues.ts';
import { userStoreContract } from './user-store.ts';

cacheStoreContract('the fake', async (clock) => new InMemoryCacheStore(clock));
denialStoreContract('the fake', async (clock) => new InMemoryDenialStore(clock));
idempotencyStoreContract('the fake', async (clock) => new InMemoryIdempotencyStore(clock));
userStoreContract('the fake', async (clock) => new InMemoryTable(clock));

allowanceContract('the fake', async (clock) => {
  const allowance = new InMemoryAllowance(clock);
  return { inEnvironment: () => allowance };
});

notificationLogContract('the fake', async () => {
  const log = new InMemoryNotificationLog();
  return {
    log,
    storedOn: async (channel) => log.notifications.filter((stored) => stored.channel === channel),
    enteredOn: async (channel) => log.entries.filter((entry) => entry.channel === channel),
    fail: async () => {
      log.failure = new Error('no table');
    },
  };
});

graceScheduleContract('the fake', async () => {
  const schedule = new InMemoryGraceSchedule();
  return {
    schedule,
    wakes: () => schedule.wakes.map(({ wake }) => wake),
    fail: () => schedule.failNext(),
  };
});
