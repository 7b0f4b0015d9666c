import { expect, it } from 'vitest';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial } from '../setup/raw-client.ts';
import { sharedExecution } from '../setup/shared-execution.ts';

it('an execution that test files share is handed on without connections and without rows', async () => {
  const first = await sharedExecution();
  const client = await dial(first.socketUrl);
  await client.socketId();
  await pusherServer(first).trigger('cache-left-behind', 'price', { amount: 1 });
  await expect.poll(() => first.connectionRows('cache#cache-left-behind')).toHaveLength(1);
  expect(await first.notificationRows('cache-left-behind')).toHaveLength(1);
  client.close();

  const second = await sharedExecution();

  expect(second).toBe(first);
  expect(await (await pusherServer(second).get({ path: '/connections' })).json()).toEqual({ connections: 0 });
  expect(await second.connectionRows('cache#cache-left-behind')).toEqual([]);
  expect(await second.notificationRows('cache-left-behind')).toEqual([]);
});
