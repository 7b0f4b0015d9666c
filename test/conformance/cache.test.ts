import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { heardOn, type Pusher, pusherFor, subscribed, type TestUser } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial } from '../setup/raw-client.ts';

let execution: TestExecution;
const open: Pusher[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterEach(() => {
  for (const pusher of open.splice(0)) pusher.disconnect();
});
afterAll(() => execution?.stop());

const connect = (user?: TestUser): Pusher => {
  const pusher = pusherFor(execution, pusherServer(execution), user);
  open.push(pusher);
  return pusher;
};

const kinds = ['cache-', 'private-cache-', 'presence-cache-'];

describe.each(kinds)('a channel %s…', (prefix) => {
  it('tells who comes first that there is nothing yet', async () => {
    const channel = `${prefix}empty`;
    const heard = heardOn(connect(), channel, 'pusher:subscription_succeeded', 'pusher:cache_miss', 'price');

    await expect
      .poll(() => heard.map(({ event }) => event))
      .toEqual(['pusher:subscription_succeeded', 'pusher:cache_miss']);
  });

  it('keeps its last event while nobody listens, and sends it to who comes', async () => {
    const channel = `${prefix}prices`;
    const server = pusherServer(execution);
    await server.trigger(channel, 'price', { amount: 1 });
    await server.trigger(channel, 'price', { amount: 2.5 });
    await kept(channel, '2.5');

    const heard = heardOn(connect(), channel, 'pusher:subscription_succeeded', 'pusher:cache_miss', 'price');

    await expect
      .poll(() => heard.map(({ event }) => event))
      .toEqual(['pusher:subscription_succeeded', 'price']);
    expect(heard[1]?.data).toEqual({ amount: 2.5 });
  });

  it('sends what comes later as every channel does, once', async () => {
    const channel = `${prefix}later`;
    const first = connect({ id: 1 });
    const heard = heardOn(first, channel, 'price');
    await subscribed(first, channel);

    await pusherServer(execution).trigger(channel, 'price', { amount: 3 });
    await kept(channel, '3');
    const second = connect({ id: 2 });
    const secondHeard = heardOn(second, channel, 'price');

    await expect.poll(() => secondHeard).toEqual([{ event: 'price', data: { amount: 3 } }]);
    expect(heard).toEqual([{ event: 'price', data: { amount: 3 } }]);
  });
});

describe('what a cache channel keeps', () => {
  it('is neither a client event nor a member', async () => {
    const channel = 'presence-cache-room';
    await pusherServer(execution).trigger(channel, 'price', { amount: 4 });
    const [ana, ben] = [connect({ id: 1 }), connect({ id: 2 })];
    await Promise.all([subscribed(ana, channel), subscribed(ben, channel)]);
    const seen = heardOn(ben, channel, 'client-typing');
    ana.channel(channel).trigger('client-typing', {});
    await expect.poll(() => seen).toHaveLength(1);

    const heard = heardOn(connect({ id: 3 }), channel, 'price', 'client-typing', 'pusher:cache_miss');

    await expect.poll(() => heard).toEqual([{ event: 'price', data: { amount: 4 } }]);
  });

  it('is sent as the very frame it was', async () => {
    await pusherServer(execution).trigger('cache-exact', 'App\\Events\\Price', { text: '"á"' });
    await kept('cache-exact', 'Price');
    const client = await dial(execution.socketUrl);
    await client.socketId();

    client.send({ event: 'pusher:subscribe', data: { channel: 'cache-exact' } });

    await client.received('App\\Events\\Price');
    expect(client.texts.slice(-2)).toEqual([
      '{"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"cache-exact"}',
      '{"event":"App\\\\Events\\\\Price","data":"{\\"text\\":\\"\\\\\\"á\\\\\\"\\"}","channel":"cache-exact"}',
    ]);
    client.close();
  });
});

/** The last event has been through the stream. */
async function kept(channel: string, text: string): Promise<void> {
  await expect
    .poll(async () => JSON.stringify(await execution.connectionRows(`cache#${channel}`)))
    .toContain(text);
}
