import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signUser } from '../../lambdas/protocol/user-auth.ts';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { type Pusher, pusherFor, signIn, subscribed, type TestUser } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;
const open: { disconnect?(): void; close?(): void }[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterEach(() => {
  for (const client of open.splice(0)) (client.disconnect ?? client.close)?.call(client);
});
afterAll(() => execution?.stop());

const connect = (user: TestUser): Pusher => {
  const pusher = pusherFor(execution, pusherServer(execution), user);
  open.push(pusher);
  return pusher;
};

const dialRaw = async (): Promise<RawClient> => {
  const client = await dial(execution.socketUrl);
  open.push(client);
  return client;
};

async function signedIn(user: TestUser): Promise<Pusher> {
  const pusher = connect(user);
  await signIn(pusher);
  await expect.poll(() => pusher.user.user_data?.id).toBe(String(user.id));
  return pusher;
}

describe('a user who has signed in', () => {
  it('hears what the API sends to it, on every device, and nobody else does', async () => {
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

    const response = await pusherServer(execution).sendToUser('ana', 'invoice', { number: 5 });
    await pusherServer(execution).sendToUser('ben', 'invoice', { number: 6 });

    expect(response.status).toBe(200);
    await expect.poll(() => heard).toEqual([[{ number: 5 }], [{ number: 5 }], [{ number: 6 }]]);
  });

  it('hears it without having subscribed to anything', async () => {
    const client = await dialRaw();
    const { auth, user_data } = pusherServer(execution).authenticateUser(await client.socketId(), {
      id: 'cara',
    });
    client.send({ event: 'pusher:signin', data: { auth, user_data } });
    const success = await client.received('pusher:signin_success');
    expect(JSON.parse(success.data as string).user_data).toBe(user_data);

    await pusherServer(execution).sendToUser('cara', 'invoice', { number: 7 });

    expect(await client.received('invoice')).toMatchObject({
      channel: '#server-to-user-cara',
      data: '{"number":7}',
    });
  });

  it('is told who of those it watches is there, comes and goes', async () => {
    const present = await signedIn({ id: 'dora' });
    const watcher = connect({ id: 'emil', watchlist: ['dora', 'fred'] });
    const told: unknown[] = [];
    for (const name of ['online', 'offline']) {
      watcher.user.watchlist.bind(name, ({ user_ids }: { user_ids: string[] }) =>
        told.push([name, ...user_ids]),
      );
    }
    watcher.signin();
    await expect.poll(() => told).toContainEqual(['online', 'dora']);

    const late = await signedIn({ id: 'fred' });
    await expect.poll(() => told).toContainEqual(['online', 'fred']);
    present.disconnect();
    await expect.poll(() => told, { timeout: 15_000 }).toContainEqual(['offline', 'dora']);

    late.disconnect();
  });
});

describe('a sign-in', () => {
  it.each([
    ['with a wrong signature', { auth: 'local-key:0000', user_data: '{"id":"ana"}' }],
    ['without an id', { user_data: '{"name":"Ana"}' }],
    ['with an id that is no text', { user_data: '{"id":7}' }],
  ])(
    '%s is refused, and the connection can go on',
    async (_, { auth, user_data }: { auth?: string; user_data: string }) => {
      const client = await dialRaw();
      const socketId = await client.socketId();
      // The server SDK would refuse to sign it.
      const { AppKey, AppSecret } = execution.outputs;
      const signed = signUser(AppKey as string, AppSecret as string, { socketId, userData: user_data });

      client.send({ event: 'pusher:signin', data: { auth: auth ?? signed, user_data } });

      const error = await client.received('pusher:error');
      expect(JSON.parse(error.data as string).code).toBe(4009);
      client.send({ event: 'pusher:subscribe', data: { channel: 'news' } });
      await client.received('pusher_internal:subscription_succeeded');
    },
  );

  it('is what it takes to subscribe to the channel of a user', async () => {
    const client = await dialRaw();
    await client.socketId();

    client.send({ event: 'pusher:subscribe', data: { channel: '#server-to-user-ana', auth: '' } });

    await client.received('pusher:subscription_error');
  });
});

describe('terminating the connections of a user', () => {
  it('closes them, and tells the client that comes back to stop', async () => {
    const pusher = await signedIn({ id: 'gina' });
    const errors: unknown[] = [];
    pusher.connection.bind('error', (error: { error?: { data?: { code?: number } } }) =>
      errors.push(error.error?.data?.code),
    );

    const response = await pusherServer(execution).terminateUserConnections('gina');

    expect([response.status, await response.json()]).toEqual([200, {}]);
    await expect.poll(() => errors, { timeout: 15_000 }).toContain(4009);
    await expect.poll(() => pusher.connection.state).toBe('disconnected');
  });

  it('finds them by a presence channel as well, and leaves those of others', async () => {
    const [thrown, other] = [connect({ id: 456 }), connect({ id: 457 })];
    const errors: unknown[] = [];
    thrown.connection.bind('error', (error: { error?: { data?: { code?: number } } }) =>
      errors.push(error.error?.data?.code),
    );
    await subscribed(thrown, 'presence-room');
    await subscribed(other, 'presence-room');
    const left: unknown[] = [];
    other.channel('presence-room').bind('pusher:member_removed', ({ id }: { id: unknown }) => left.push(id));

    await pusherServer(execution).terminateUserConnections('456');

    await expect.poll(() => errors, { timeout: 15_000 }).toContain(4009);
    await expect.poll(() => left.map(String), { timeout: 15_000 }).toEqual(['456']);
    expect(other.connection.state).toBe('connected');
  });

  it('answers 200 when nobody is there', async () => {
    const response = await pusherServer(execution).terminateUserConnections('nobody');

    expect([response.status, await response.json()]).toEqual([200, {}]);
  });
});
