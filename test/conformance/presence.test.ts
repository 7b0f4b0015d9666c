import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;

beforeAll(async () => {
  execution = await startExecution();
});
afterAll(() => execution?.stop());

const connect = (): Promise<RawClient> => dial(execution.socketUrl);

const channelData = (userId: number): string =>
  JSON.stringify({ user_id: userId, user_info: { name: `User ${userId}` } });

/** A connection of that user which has asked to join; what it is told comes later. */
async function joining(channel: string, userId: number): Promise<RawClient> {
  const client = await connect();
  const channel_data = channelData(userId);
  const signature = createHmac('sha256', execution.outputs.AppSecret ?? '')
    .update(`${await client.socketId()}:${channel}:${channel_data}`)
    .digest('hex');
  const auth = `${execution.outputs.AppKey}:${signature}`;
  client.send({ event: 'pusher:subscribe', data: { channel, auth, channel_data } });
  return client;
}

async function joined(channel: string, userId: number): Promise<RawClient> {
  const client = await joining(channel, userId);
  await client.received('pusher_internal:subscription_succeeded');
  return client;
}

/** All that it was told of that channel, in its order. */
const toldOf = (client: RawClient, channel: string): unknown[][] =>
  client.frames
    .filter((frame) => frame.channel === channel)
    .map(({ event, data }) => [
      String(event).replace('pusher_internal:', ''),
      JSON.parse(String(data ?? null)),
    ]);

const presence = (...users: number[]) => ({
  presence: {
    count: users.length,
    ids: users,
    hash: Object.fromEntries(users.map((user) => [user, { name: `User ${user}` }])),
  },
});

describe('a presence channel', () => {
  it('announces each user once, whatever its connections, and its leaving when the grace is over', async () => {
    const channel = 'presence-whole';
    const one = await joined(channel, 1);
    const two = await joined(channel, 2);
    const tab = await joined(channel, 2);

    tab.close();
    const three = await joined(channel, 3);
    await two.received('pusher_internal:member_added');
    two.close();
    await one.received('pusher_internal:member_removed');

    expect(toldOf(one, channel)).toEqual([
      ['subscription_succeeded', presence(1)],
      ['member_added', JSON.parse(channelData(2))],
      ['member_added', JSON.parse(channelData(3))],
      ['member_removed', { user_id: 2 }],
    ]);
    expect(toldOf(two, channel)).toEqual([
      ['subscription_succeeded', presence(1, 2)],
      ['member_added', JSON.parse(channelData(3))],
    ]);
    expect(toldOf(tab, channel)).toEqual([['subscription_succeeded', presence(1, 2)]]);
    await expect
      .poll(() => toldOf(three, channel))
      .toEqual([
        ['subscription_succeeded', presence(1, 2, 3)],
        ['member_removed', { user_id: 2 }],
      ]);
    for (const client of [one, three]) client.close();
  });

  it('is on the wire what Reverb sends', async () => {
    const channel = 'presence-wire';
    const one = await joined(channel, 1);
    const two = await joined(channel, 2);
    await one.received('pusher_internal:member_added');

    expect(two.texts.at(-1)).toBe(
      `{"event":"pusher_internal:subscription_succeeded","data":${JSON.stringify(JSON.stringify(presence(1, 2)))},"channel":"${channel}"}`,
    );
    expect(one.texts.at(-1)).toBe(
      `{"event":"pusher_internal:member_added","data":${JSON.stringify(channelData(2))},"channel":"${channel}"}`,
    );
    for (const client of [one, two]) client.close();
  });

  it('of whom twenty join at once tells each of them and nobody twice', async () => {
    const channel = 'presence-crowd';
    const users = Array.from({ length: 20 }, (_, index) => index + 1);

    const clients = await Promise.all(users.map((user) => joining(channel, user)));

    /** Who is there, as the client has heard. */
    const known = (client: RawClient): number[] =>
      toldOf(client, channel).flatMap(([event, data]) => {
        if (event === 'member_added') return [(data as { user_id: number }).user_id];
        return event === 'subscription_succeeded' ? (data as ReturnType<typeof presence>).presence.ids : [];
      });
    for (const client of clients) {
      await expect.poll(() => known(client).sort((one, other) => one - other)).toEqual(users);
      client.close();
    }
  });
});
