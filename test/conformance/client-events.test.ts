import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { heardOn, type Pusher, pusherFor, subscribed, type TestUser } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;
const open: (Pusher | RawClient)[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterEach(() => {
  for (const client of open.splice(0)) 'disconnect' in client ? client.disconnect() : client.close();
});
afterAll(() => execution?.stop());

const connect = (user?: TestUser): Pusher => {
  const pusher = pusherFor(execution, pusherServer(execution), user);
  open.push(pusher);
  return pusher;
};

const dialRaw = async (): Promise<RawClient> => {
  const client = await dial(execution.socketUrl);
  open.push(client);
  return client;
};

/** A raw client on a private channel. */
async function member(channel: string): Promise<RawClient> {
  const client = await dialRaw();
  const auth = execution.sign(await client.socketId(), channel);
  client.send({ event: 'pusher:subscribe', data: { channel, auth } });
  await client.received('pusher_internal:subscription_succeeded', (frame) => frame.channel === channel);
  return client;
}

describe('a client event', () => {
  it('reaches the others on a private channel, and not its sender', async () => {
    const [sender, other] = [connect(), connect()];
    await Promise.all([subscribed(sender, 'private-chat.1'), subscribed(other, 'private-chat.1')]);
    const [own, heard] = [sender, other].map((pusher) =>
      heardOn(pusher, 'private-chat.1', 'client-typing', 'client-done'),
    );

    sender.channel('private-chat.1').trigger('client-typing', { name: 'Ana' });
    other.channel('private-chat.1').trigger('client-done', {});

    await expect.poll(() => heard).toEqual([{ event: 'client-typing', data: { name: 'Ana' } }]);
    // Its order is that of the channel: when the later one is here, the earlier one would have been.
    await expect.poll(() => own).toEqual([{ event: 'client-done', data: {} }]);
  });

  it('says on a presence channel who sent it, whatever the sender says', async () => {
    const [ana, ben] = [connect({ id: 7 }), connect({ id: 8 })];
    await Promise.all([subscribed(ana, 'presence-chat.2'), subscribed(ben, 'presence-chat.2')]);
    const heard: unknown[] = [];
    ben
      .channel('presence-chat.2')
      .bind('client-typing', (data: unknown, metadata: unknown) => heard.push([data, metadata]));

    ana.send_event('client-typing', { user_id: 'somebody else' }, 'presence-chat.2');

    await expect.poll(() => heard).toEqual([[{ user_id: 'somebody else' }, { user_id: '7' }]]);
  });

  it('is on the wire what the client sent, data as an object', async () => {
    const [sender, other] = [await member('private-chat.3'), await member('private-chat.3')];

    sender.send({
      event: 'client-typing',
      channel: 'private-chat.3',
      data: { b: [1, 2.5], a: null },
      user_id: 'forged',
    });

    await other.received('client-typing');
    expect(other.texts.at(-1)).toBe(
      '{"event":"client-typing","channel":"private-chat.3","data":{"b":[1,2.5],"a":null}}',
    );
  });

  it('without data arrives with null', async () => {
    const [sender, other] = [await member('private-chat.4'), await member('private-chat.4')];

    sender.send({ event: 'client-typing', channel: 'private-chat.4' });

    expect((await other.received('client-typing')).data).toBeNull();
  });

  it('from somebody who is not on the channel is refused, and reaches nobody', async () => {
    const [stranger, listener] = [await dialRaw(), await member('private-chat.5')];
    await stranger.socketId();

    stranger.send({ event: 'client-typing', channel: 'private-chat.5', data: {} });

    const error = await stranger.received('pusher:error');
    expect(JSON.parse(error.data as string)).toEqual({
      code: 4009,
      message: 'The client is not a member of the specified channel.',
    });
    const friend = await member('private-chat.5');
    friend.send({ event: 'client-after', channel: 'private-chat.5', data: {} });
    await listener.received('client-after');
    expect(listener.frames.map(({ event }) => event)).not.toContain('client-typing');
  });

  it.each(['news', 'cache-news', 'private-encrypted-chat'])(
    'is refused on %s, to its subscribers too',
    async (channel) => {
      const client = await member(channel);

      client.send({ event: 'client-typing', channel, data: {} });

      const error = await client.received('pusher:error');
      expect(JSON.parse(error.data as string)).toEqual({
        code: 4301,
        message: 'Client events are possible on private and presence channels only.',
      });
    },
  );

  it('beyond ten a second is refused with 4301, and the connection kept', async () => {
    const client = await member('private-chat.6');

    for (let count = 0; count < 40; count++)
      client.send({ event: 'client-typing', channel: 'private-chat.6', data: { count } });

    const error = await client.received('pusher:error');
    expect(JSON.parse(error.data as string).code).toBe(4301);
    client.send({ event: 'pusher:ping', data: {} });
    await client.received('pusher:pong');
  });
});
