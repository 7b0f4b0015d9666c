import type Echo from 'laravel-echo';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { masterKeyOfSecret } from '../../lambdas/protocol/encryption-key.ts';
import { echoFor } from '../setup/echo-client.ts';
import { startExecution, type TestExecution, tokenFor } from '../setup/execution.ts';
import { heardOn, type Pusher, pusherFor, subscribed } from '../setup/pusher-client.ts';
import { pusherServer } from '../setup/pusher-server.ts';

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

let execution: TestExecution;
const open: { disconnect(): void }[] = [];

beforeAll(async () => {
  execution = await startExecution();
});
afterEach(() => {
  for (const client of open.splice(0)) client.disconnect();
});
afterAll(() => execution?.stop());

const opened = <Client extends Pusher | Echo<'reverb'>>(client: Client): Client => {
  open.push(client);
  return client;
};

describe('an end-to-end encrypted channel', () => {
  it('carries what only the clients can read', async () => {
    const server = pusherServer(execution, { encryptionMasterKeyBase64: MASTER_KEY });
    const pusher = opened(pusherFor(execution, server));
    const heard = heardOn(pusher, 'private-encrypted-commerce.12', 'payment');
    await subscribed(pusher, 'private-encrypted-commerce.12');

    await server.trigger('private-encrypted-commerce.12', 'payment', { amount: 150.5 });

    await expect.poll(() => heard).toEqual([{ event: 'payment', data: { amount: 150.5 } }]);
    const stored = JSON.stringify(await execution.notificationRows('private-encrypted-commerce.12'));
    expect(stored).toContain('ciphertext');
    expect(stored).not.toContain('150.5');
    expect(execution.logs.join('\n')).not.toContain('150.5');
  });

  it('keeps its last event where it is a cache channel as well', async () => {
    const server = pusherServer(execution, { encryptionMasterKeyBase64: MASTER_KEY });
    await server.trigger('private-encrypted-cache-commerce.12', 'payment', { amount: 7 });
    await expect
      .poll(() => execution.connectionRows('cache#private-encrypted-cache-commerce.12'))
      .toHaveLength(1);

    const heard = heardOn(
      opened(pusherFor(execution, server)),
      'private-encrypted-cache-commerce.12',
      'payment',
    );

    await expect.poll(() => heard).toEqual([{ event: 'payment', data: { amount: 7 } }]);
  });

  it('has a shared secret from the deployment’s own endpoint, made of its own master key', async () => {
    const token = await tokenFor(14);
    const echo = opened(echoFor(execution, { token }));
    const response = await fetch(`${execution.local.url}/broadcasting/auth`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      body: new URLSearchParams({ socket_id: '1.2', channel_name: 'private-encrypted-commerce.14' }),
    });
    const { shared_secret } = (await response.json()) as { shared_secret: string };
    expect(Buffer.from(shared_secret, 'base64')).toHaveLength(32);
    const heard: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      echo
        .encryptedPrivate('commerce.14')
        .listen('.payment', (event: unknown) => heard.push(event))
        .subscribed(resolve)
        .error((error: unknown) => reject(new Error(JSON.stringify(error))));
    });

    // What `npm run keys -- --show` tells whoever looks after the API.
    const masterKey = Buffer.from(masterKeyOfSecret(execution.outputs.AppSecret as string)).toString(
      'base64',
    );
    const server = pusherServer(execution, { encryptionMasterKeyBase64: masterKey });
    await server.trigger('private-encrypted-commerce.14', 'payment', { amount: 3 });

    await expect.poll(() => heard).toEqual([{ amount: 3 }]);
  });
});
