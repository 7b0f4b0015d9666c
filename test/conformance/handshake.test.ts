import { createHmac, createPublicKey } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startExecution, type TestExecution, tokenFor } from '../setup/execution.ts';
import { payment } from '../setup/payment.ts';
import { dial } from '../setup/raw-client.ts';

let execution: TestExecution;
let edge: string;
let raw: string;

beforeAll(async () => {
  execution = await startExecution();
  edge = execution.local.url.replace('http', 'ws');
  raw = execution.outputs.WebSocketUrl as string;
});
afterAll(() => execution?.stop());

const bearer = (token: string): string[] => ['pregonero', `bearer.${token}`];
const pusherPath = (key: string) => `${edge}/app/${key}?protocol=7&client=js&version=8.4.0&flash=false`;

describe('a Pusher handshake', () => {
  it('is greeted with a socket id and the activity timeout', async () => {
    const client = await dial(pusherPath(execution.outputs.AppKey as string));

    const greeting = await client.received('pusher:connection_established');

    expect(greeting).toEqual({ event: 'pusher:connection_established', data: expect.any(String) });
    expect(JSON.parse(greeting.data as string)).toEqual({
      socket_id: expect.stringMatching(/^\d+\.\d+$/),
      activity_timeout: 120,
    });
    client.close();
  });

  it('is refused by its first frame, as Reverb refuses, when nobody has that key', async () => {
    const client = await dial(pusherPath('ws'));

    expect(await client.closing()).toEqual({ code: 1000, reason: expect.any(String) });
    expect(client.texts).toEqual([
      '{"event":"pusher:error","data":"{\\"code\\":4001,\\"message\\":\\"Application does not exist\\"}"}',
    ]);
  });

  it('cannot smuggle another key in beside the one of the path', async () => {
    const client = await dial(`${pusherPath('nobody')}&appKey=${execution.outputs.AppKey}`);

    expect(await client.closing()).toMatchObject({ code: 1000 });
    expect(JSON.parse(client.frames[0]?.data as string)).toMatchObject({ code: 4001 });
  });
});

describe('a handshake with a token', () => {
  it.each([
    ['the subprotocol', (token: string) => dial(raw, bearer(token))],
    ['the query', (token: string) => dial(`${raw}?token=${token}`)],
    [
      'the subprotocol through the edge',
      (token: string) => dial(pusherPath(execution.outputs.AppKey as string), bearer(token)),
    ],
  ])('in %s is subscribed to its own channel without asking', async (_, connect) => {
    const client = await connect(await tokenFor(12));
    await client.received('pusher:connection_established');
    await client.received(
      'pusher_internal:subscription_succeeded',
      (frame) => frame.channel === 'private-commerce.12',
    );

    await execution.notify({ channel: 'private-commerce.12', data: payment(12) });

    const frame = await client.received('notification.created');
    expect(frame.channel).toBe('private-commerce.12');
    expect(JSON.parse(frame.data as string)).toEqual(payment(12));
    client.close();
  });

  it('is answered with the subprotocol that is no secret', async () => {
    const client = await dial(raw, bearer(await tokenFor(12)));

    expect(client.protocol).toBe('pregonero');
    client.close();
  });

  it('is closed when its token expires', async () => {
    // Enough for the handshake, on a machine that is busy.
    const client = await dial(raw, bearer(await tokenFor(12, { expiresIn: '8s' })));
    await client.received('pusher_internal:subscription_succeeded');

    expect(await client.closing()).toMatchObject({ code: 1000 });
  });

  it('may subscribe to no channel of another tenant, even with a valid signature', async () => {
    const client = await dial(raw, bearer(await tokenFor(12)));
    const channel = 'private-commerce.99';
    const auth = execution.sign(await client.socketId(), channel);

    client.send({ event: 'pusher:subscribe', data: { channel, auth } });

    expect(await client.received('pusher:subscription_error')).toMatchObject({
      channel,
      data: { type: 'AuthError', status: 401 },
    });
    expect(await execution.connectionRows(`channel#${channel}`)).toEqual([]);
    client.close();
  });
});

describe('a handshake without a right to connect', () => {
  const key = () => new TextEncoder().encode(inject('issuer').publicKey);
  const claims = () => ({ commerce_id: 12, iss: inject('issuer').issuer, aud: inject('issuer').audience });

  it.each([
    ['an expired token', () => tokenFor(12, { expiresIn: Math.floor(Date.now() / 1000) - 600 })],
    ['a token of another issuer', () => tokenFor(12, { issuer: 'https://somebody.else' })],
    ['a token for another audience', () => tokenFor(12, { audience: 'another-app' })],
    [
      'an unsigned token',
      async () => new UnsecuredJWT(claims()).setExpirationTime('5m').setSubject('7').encode(),
    ],
    [
      'a token whose HMAC secret is our public key',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject('7')
          .setExpirationTime('5m')
          .sign(key()),
    ],
    [
      'a token whose HMAC secret is our public key in DER',
      async () => {
        const head = Buffer.from('{"alg":"HS256"}').toString('base64url');
        const exp = Math.floor(Date.now() / 1000) + 300;
        const body = Buffer.from(JSON.stringify({ ...claims(), sub: '7', exp })).toString('base64url');
        const der = createPublicKey(inject('issuer').publicKey).export({ type: 'spki', format: 'der' });
        return `${head}.${body}.${createHmac('sha256', der).update(`${head}.${body}`).digest('base64url')}`;
      },
    ],
    ['a token without a tenant', () => tokenFor('', { claims: { commerce_id: undefined } })],
    ['a token of a tenant too long for any channel', () => tokenFor('x'.repeat(2_100))],
    ['a token that expires beyond all time', () => tokenFor(12, { expiresIn: 1e300 })],
    ['something that is no token', async () => 'nonsense'],
  ])('is refused with 401: %s', async (_, token) => {
    await expect(dial(raw, bearer(await token()))).rejects.toThrow('401');
    await expect(dial(`${raw}?token=${await token()}`)).rejects.toThrow('401');
  });

  it('is refused with 401: neither key nor token', async () => {
    await expect(dial(raw)).rejects.toThrow('401');
  });

  it('is refused with 403 past the stage, as API Gateway refuses it', async () => {
    await expect(dial(`${raw}/app/key`)).rejects.toThrow('403');
  });

  it('never writes a token to a log', async () => {
    const token = await tokenFor(12, { issuer: 'https://somebody.else' });
    await expect(dial(raw, bearer(token))).rejects.toThrow('401');

    expect(execution.logs.join('\n')).not.toContain(token.split('.')[2]);
  });
});
