import type PusherServer from 'pusher';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { PATIENCE_IN_MILLISECONDS } from '../setup/patience.ts';
import {
  heardOn,
  type Pusher,
  pusherFor,
  signIn,
  subscribed,
  type TestUser,
} from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial } from '../setup/raw-client.ts';

let execution: TestExecution;
let server: PusherServer;
const open: Pusher[] = [];
const patient = { timeout: PATIENCE_IN_MILLISECONDS };

beforeAll(async () => {
  execution = await startExecution();
  server = pusherServer(execution);
});
afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});
afterAll(() => execution?.stop());

async function listening(channels: readonly string[], user: TestUser = { id: 'somebody' }): Promise<Pusher> {
  const pusher = pusherFor(execution, server, user);
  open.push(pusher);
  for (const channel of channels) await subscribed(pusher, channel);
  return pusher;
}

async function get(path: string, params: Record<string, string> = {}): Promise<unknown> {
  return await (await server.get({ path, params })).json();
}

/** What the SDK throws where the status is 400 or more. */
function refusal(request: Promise<unknown>): Promise<{ status: number; body: string }> {
  return request.then(
    () => {
      throw new Error('the request was answered without an error');
    },
    ({ status, body }) => ({ status, body }),
  );
}

/** The SDK's own types want a text, which it would quote once more. */
const post = (path: string, body: object) => server.post({ path, body: body as never });

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('events through the server SDK', () => {
  it('reach their channels, but not the socket that they leave out', async () => {
    const [one, other] = [await listening(['shop-one']), await listening(['shop-one'])];
    const heard = [one, other].map((pusher) => heardOn(pusher, 'shop-one', 'sold', 'end'));

    await server.trigger('shop-one', 'sold', { id: 1 }, { socket_id: one.connection.socket_id });
    const response = await server.trigger(['shop-one', 'shop-two'], 'end', { id: 2 });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{}');
    await expect
      .poll(() => heard, patient)
      .toEqual([
        [{ event: 'end', data: { id: 2 } }],
        [
          { event: 'sold', data: { id: 1 } },
          { event: 'end', data: { id: 2 } },
        ],
      ]);
  });

  it('are answered with the counts that they ask for', async () => {
    await listening(['public-info', 'presence-info'], { id: 1 });
    await listening(['public-info', 'presence-info'], { id: 1 });

    const response = await server.trigger(
      ['public-info', 'presence-info', 'nobody-info'],
      'sold',
      {},
      {
        info: 'user_count,subscription_count',
      },
    );

    expect(await response.json()).toEqual({
      channels: {
        'public-info': { subscription_count: 2 },
        'presence-info': { user_count: 1 },
        'nobody-info': {},
      },
    });
  });

  it('of a batch arrive in their order, and each is answered', async () => {
    const pusher = await listening(['batch-one', 'presence-batch'], { id: 7 });
    const heard = heardOn(pusher, 'batch-one', 'sold');

    const many = numbers(20).map((id) => ({ channel: 'batch-one', name: 'sold', data: { id } }));
    expect(await (await server.triggerBatch(many)).text()).toBe('{"batch":{}}');
    const asking = await server.triggerBatch([
      { channel: 'presence-batch', name: 'sold', data: {}, info: 'user_count' },
      { channel: 'batch-one', name: 'sold', data: { id: 20 } },
      { channel: 'batch-one', name: 'sold', data: { id: 21 }, info: 'subscription_count,user_count' },
    ]);

    expect(await asking.text()).toBe('{"batch":[{"user_count":1},{},{"subscription_count":1}]}');
    await expect
      .poll(() => heard.map(({ data }) => data), patient)
      .toEqual(numbers(22).map((id) => ({ id })));
  });

  it('of a batch of which one is wrong reach nobody', async () => {
    const pusher = await listening(['batch-two']);
    const heard = heardOn(pusher, 'batch-two', 'sold', 'end');

    const { status, body } = await refusal(
      server.triggerBatch([
        { channel: 'batch-two', name: 'sold', data: {} },
        { channel: 'batch two', name: 'sold', data: {} },
      ]),
    );
    await server.trigger('batch-two', 'end', {});

    expect(status).toBe(422);
    expect(Object.keys(JSON.parse(body))).toEqual(['batch.1.channel']);
    await expect.poll(() => heard, patient).toEqual([{ event: 'end', data: {} }]);
  });

  it('are told once when they are sent twice under one key', async () => {
    const pusher = await listening(['once', 'twice']);
    const heard = heardOn(pusher, 'once', 'sold', 'end');
    const sale = { name: 'sold', channels: ['once', 'twice'], data: '{"id":1}', idempotency_key: 'sale-1' };

    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await (await post('/events', sale)).text()).toBe('{}');
    }
    const other = await refusal(post('/events', { ...sale, data: '{"id":2}' }));
    await server.trigger('once', 'end', {});

    expect(other.status).toBe(422);
    await expect
      .poll(() => heard, patient)
      .toEqual([
        { event: 'sold', data: { id: 1 } },
        { event: 'end', data: {} },
      ]);
  });

  it('are known by the key in their header too', async () => {
    const pusher = await listening(['header']);
    const heard = heardOn(pusher, 'header', 'sold', 'end');
    const body = JSON.stringify({ name: 'sold', channel: 'header', data: '{}' });
    const path = `/apps/${execution.outputs.AppId}/events`;

    for (let attempt = 0; attempt < 2; attempt++) {
      const query = server.createSignedQueryString({ method: 'POST', path, body } as never);
      const response = await fetch(`${execution.local.url}${path}?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Idempotency-Key': 'sale-in-a-header' },
        body,
      });
      expect(response.status).toBe(200);
    }
    await server.trigger('header', 'end', {});

    await expect.poll(() => heard.map(({ event }) => event), patient).toEqual(['sold', 'end']);
  });
});

describe('what the server SDK is told of channels', () => {
  it('are those that somebody listens to, by prefix, with their counts', async () => {
    await listening(['list-one', 'presence-list', 'private-list'], { id: 1 });
    const last = await listening(['list-one', 'list-two', 'presence-list'], { id: 2 });

    await expect
      .poll(() => get('/channels', { filter_by_prefix: 'list-', info: 'subscription_count' }), patient)
      .toEqual({
        channels: { 'list-one': { subscription_count: 2 }, 'list-two': { subscription_count: 1 } },
      });
    await expect
      .poll(() => get('/channels', { filter_by_prefix: 'presence-list', info: 'user_count' }), patient)
      .toEqual({ channels: { 'presence-list': { user_count: 2 } } });
    await expect
      .poll(() => get('/channels', { info: 'user_count' }), patient)
      .toMatchObject({
        channels: { 'list-one': {}, 'private-list': {}, 'presence-list': { user_count: 2 } },
      });
    expect(await get('/channels', { filter_by_prefix: 'nothing-' })).toEqual({ channels: {} });

    last.unsubscribe('list-two');
    await expect
      .poll(() => get('/channels', { filter_by_prefix: 'list-' }), patient)
      .toEqual({ channels: { 'list-one': {} } });
  });

  it('is whether one is occupied, and what else was asked', async () => {
    const name = 'cache-a@b=c,d.e;f_g';
    await listening([name, 'presence-one'], { id: 1 });
    const info = 'user_count,subscription_count,cache';
    await server.trigger(name, 'sold', '{"id": 1.0}');

    await expect
      .poll(() => get(`/channels/${name}`, { info }), patient)
      .toEqual({
        occupied: true,
        subscription_count: 1,
        cache: { event: 'sold', data: '{"id": 1.0}', channel: name },
      });
    expect(await get('/channels/presence-one', { info })).toEqual({ occupied: true, user_count: 1 });
    expect(await get('/channels/nobody-there', { info })).toEqual({ occupied: false });
  });

  it('are the users of a presence channel, each once', async () => {
    await listening(['presence-users', 'public-users'], { id: 3, info: { name: 'Ana' } });
    await listening(['presence-users'], { id: 'b' });
    await listening(['presence-users'], { id: 3, info: { name: 'Ana' } });

    expect(await get('/channels/presence-users/users')).toEqual({ users: [{ id: 3 }, { id: 'b' }] });
    expect(await get('/channels/presence-users/users', { with_user_info: '1' })).toMatchObject({
      users: [{ id: 3, user_info: { name: 'Ana' } }, { id: 'b' }],
    });
    expect(await refusal(get('/channels/public-users/users'))).toEqual({ status: 400, body: '{}' });
    expect(await refusal(get('/channels/presence-nobody/users'))).toEqual({ status: 404, body: '{}' });
  });

  it('is how many connections there are', async () => {
    const client = await dial(execution.socketUrl);
    await client.socketId();

    // Those of the tests before may still be leaving.
    await expect.poll(() => get('/connections'), patient).toEqual({ connections: 1 });
    client.close();
    await expect.poll(() => get('/connections'), patient).toEqual({ connections: 0 });
  });
});

describe('an answer', () => {
  it.each([
    ['/channels', 'GET'],
    ['/channels/shop-none', 'GET'],
    ['/connections', 'GET'],
  ])('of %s says how long it is', async (path) => {
    const response = await server.get({ path });

    const body = await response.text();
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  });
});

describe('a batch through the server SDK', () => {
  it('leaves out of each event the socket that it names', async () => {
    const [one, other] = [await listening(['shop-batch']), await listening(['shop-batch'])];
    const heard = [one, other].map((pusher) => heardOn(pusher, 'shop-batch', 'first', 'second'));

    await server.triggerBatch([
      { channel: 'shop-batch', name: 'first', data: {}, socket_id: one?.connection.socket_id },
      { channel: 'shop-batch', name: 'second', data: {} },
    ]);

    const names = () => heard.map((events) => events.map(({ event }) => event));
    await expect.poll(names, patient).toEqual([['second'], ['first', 'second']]);
  });
});

describe('a user of the server SDK', () => {
  async function signedIn(user: TestUser): Promise<Pusher> {
    const pusher = await listening([], user);
    await signIn(pusher);
    return pusher;
  }

  it('hears what is sent to it, whatever connection it is on', async () => {
    const devices = [
      await signedIn({ id: 'ana' }),
      await signedIn({ id: 'ana' }),
      await signedIn({ id: 'ben' }),
    ];
    const heard = devices.map((pusher) => {
      const events: unknown[] = [];
      pusher.user.bind('invoice', (data: unknown) => events.push(data));
      return events;
    });

    await server.sendToUser('ana', 'invoice', { number: 5 });
    await server.sendToUser('ben', 'invoice', { number: 6 });

    await expect.poll(() => heard, patient).toEqual([[{ number: 5 }], [{ number: 5 }], [{ number: 6 }]]);
  });

  it.each([
    ['by its sign-in and on a presence channel', 'eva@shop.pe', true],
    ['whatever characters its id has', 'fé 50%25 a/b#', false],
  ])('is thrown out wherever it is, %s, and nobody else is', async (_, id, signsIn) => {
    const channel = `presence-terminated-${signsIn}`;
    const other = await listening([channel], { id: 'other' });
    const removed = heardOn(other, channel, 'pusher:member_removed');
    const clients = [await listening([channel, 'public-terminated'], { id })];
    if (signsIn) clients.push(await signedIn({ id }));

    const response = await server.post({
      path: `/users/${encodeURIComponent(id)}/terminate_connections`,
      body: {} as never,
    });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{}');
    // Each comes back at once, as pusher-js does, and is refused with the first frame.
    await expect
      .poll(() => clients.map(({ connection }) => connection.state), patient)
      .toEqual(clients.map(() => 'disconnected'));
    await expect.poll(() => removed, patient).toMatchObject([{ data: { id } }]);
    expect(await get(`/channels/${channel}/users`)).toEqual({ users: [{ id: 'other' }] });
    expect(other.connection.state).toBe('connected');
  });

  it('who is not there can be thrown out all the same', async () => {
    expect(await (await server.terminateUserConnections('nobody')).text()).toBe('{}');
  });

  it('does not come back for a while', async () => {
    const pusher = await signedIn({ id: 'gil' });
    const errors: unknown[] = [];
    pusher.connection.bind('error', (error: unknown) => errors.push(error));

    await server.terminateUserConnections('gil');

    await expect.poll(() => errors, patient).toMatchObject([{ error: { data: { code: 4009 } } }]);
    // 4009 is among those on which a client stops for good.
    await expect.poll(() => pusher.connection.state, patient).toBe('disconnected');
  });
});
