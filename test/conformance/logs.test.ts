import { afterAll, beforeAll, expect, it } from 'vitest';
import { signUser } from '../../lambdas/protocol/user-auth.ts';
import { startExecution, type TestExecution, tokenFor } from '../setup/execution.ts';
import { signedFor } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

/** In whatever a client, the API or a row may hold. */
const MARK = 'm4rked';

let execution: TestExecution;
const open: RawClient[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterAll(async () => {
  for (const client of open) client.close();
  await execution?.stop();
});

async function connect(...dialling: [url?: string, protocols?: string[]]): Promise<RawClient> {
  const [url = execution.socketUrl, protocols] = dialling;
  const client = await dial(url, protocols);
  open.push(client);
  await client.socketId();
  return client;
}

it('what is said, stored and signed is in no log', async () => {
  const server = pusherServer(execution);
  const { AppKey, AppSecret } = execution.outputs as { AppKey: string; AppSecret: string };
  const token = await tokenFor(12, { claims: { note: MARK } });
  await connect(undefined, ['pregonero', `bearer.${token}`]);
  const [sender, listener] = [await connect(), await connect()];

  // Members, client events, sign-in.
  for (const [index, client] of [sender, listener].entries()) {
    const signed = signedFor(server, await client.socketId(), 'presence-log', {
      id: index,
      info: { [MARK]: MARK },
    });
    client.send({ event: 'pusher:subscribe', data: { channel: 'presence-log', ...signed } });
    await client.received('pusher_internal:subscription_succeeded');
  }
  sender.send({ event: 'client-said', channel: 'presence-log', data: { [MARK]: MARK } });
  await listener.received('client-said');
  const userData = JSON.stringify({ id: 'ana', user_info: { [MARK]: MARK } });
  const auth = signUser(AppKey, AppSecret, { socketId: await sender.socketId(), userData });
  sender.send({ event: 'pusher:signin', data: { auth, user_data: userData } });
  await sender.received('pusher:signin_success');
  // What is malformed, or wrongly signed.
  for (const frame of [
    MARK,
    { event: `pusher:${MARK}` },
    { event: 'pusher:signin', data: { auth: MARK, user_data: userData } },
  ]) {
    const errors = sender.frames.filter(({ event }) => event === 'pusher:error').length;
    sender.send(frame);
    await expect
      .poll(() => sender.frames.filter(({ event }) => event === 'pusher:error').length)
      .toBe(errors + 1);
  }
  // Over HTTP, well formed and not, and with a token that nobody issued.
  await server.trigger('presence-log', 'published', { [MARK]: MARK });
  await listener.received('published');
  await fetch(`${execution.local.url}/apps/x/events?auth_key=${MARK}`, { method: 'POST', body: MARK });
  await fetch(`${execution.local.url}/broadcasting/auth`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${MARK}` },
    body: MARK,
  });
  // Rows.
  await execution.notify({ channel: 'presence-log', event: 'stored', data: { [MARK]: MARK } });
  await listener.received('stored');
  await execution.putNotification({
    channel: 'presence-log',
    id: 'wrong',
    event: 'x',
    data: { [MARK]: new Set([1]) },
  });
  await execution.putNotification({ channel: 'presence-log', id: 'none', event: 7, data: MARK });
  await expect.poll(() => execution.local.messagesIn('FanOutDeadLetter').length).toBeGreaterThan(0);

  const logs = execution.logs.join('\n');
  expect(logs).toContain('presence-log');
  expect(logs).not.toContain(MARK);
  expect(logs).not.toContain(token);
  expect(logs).not.toContain(AppSecret);
});
