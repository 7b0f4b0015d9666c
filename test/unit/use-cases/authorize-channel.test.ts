import { describe, expect, it } from 'vitest';
import { masterKeyOfSecret, sharedSecretOf } from '../../../lambdas/protocol/encryption-key.ts';
import { signSubscription } from '../../../lambdas/protocol/subscription-auth.ts';
import type { AuthRequest } from '../../../lambdas/use-cases/auth-endpoint.ts';
import { authorizeChannel } from '../../../lambdas/use-cases/authorize-channel.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { KnownTokens } from '../../fakes/known-tokens.ts';
import { APP_KEY, identity, newWorld, SECRET } from './world.ts';

const request = (changes: Partial<AuthRequest> & { channel?: string } = {}): AuthRequest => {
  const { channel = 'private-commerce.12', ...more } = changes;
  return {
    method: 'POST',
    authorization: 'Bearer valid-token',
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(`socket_id=1234.1234&channel_name=${encodeURIComponent(channel)}`),
    ...more,
  };
};

const signature = (channel: string, secret = SECRET) =>
  signSubscription(APP_KEY, secret, { socketId: '1234.1234', channel });

describe('POST /broadcasting/auth', () => {
  it.each(['private-commerce.12', 'private-commerce.12.orders'])(
    'signs %s of the tenant of the token',
    async (channel) => {
      const answer = await authorizeChannel(newWorld())(request({ channel }));

      expect(answer).toEqual({
        status: 200,
        headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
        body: JSON.stringify({ auth: signature(channel) }),
      });
    },
  );

  const bodyOf = async (channel: string, world = newWorld()) => {
    const { status, body } = await authorizeChannel(world)(request({ channel }));
    expect(status).toBe(200);
    return JSON.parse(body);
  };
  const memberSignature = (channel: string, channelData: string) =>
    signSubscription(APP_KEY, SECRET, { socketId: '1234.1234', channel, channelData });

  it.each(['presence-commerce.12', 'presence-cache-commerce.12.room'])(
    'signs on %s that the member is the user of the token',
    async (channel) => {
      const channel_data = '{"user_id":"user-7"}';

      expect(await bodyOf(channel)).toEqual({ auth: memberSignature(channel, channel_data), channel_data });
    },
  );

  it('signs who the user is where the token says so', async () => {
    const tokens = new KnownTokens({ 'valid-token': { ...identity, userInfo: { name: 'Ana' } } });
    const channel_data = '{"user_id":"user-7","user_info":{"name":"Ana"}}';

    expect(await bodyOf('presence-commerce.12', { ...newWorld(), tokens })).toEqual({
      auth: memberSignature('presence-commerce.12', channel_data),
      channel_data,
    });
    expect(await bodyOf('private-commerce.12', { ...newWorld(), tokens })).toEqual({
      auth: signature('private-commerce.12'),
    });
  });

  it('signs no member whom a subscription would be refused with', async () => {
    const tokens = new KnownTokens({ 'valid-token': { ...identity, userInfo: { text: 'x'.repeat(1_024) } } });
    const answer = await authorizeChannel({ ...newWorld(), tokens })(
      request({ channel: 'presence-commerce.12' }),
    );

    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/user_info .* at most 1024/);
  });

  it.each(['private-encrypted-commerce.12', 'private-encrypted-cache-commerce.12'])(
    'gives for %s the key of the channel as well',
    async (channel) => {
      expect(await bodyOf(channel)).toEqual({
        auth: signature(channel),
        shared_secret: sharedSecretOf(masterKeyOfSecret(SECRET), channel),
      });
    },
  );

  it.each(['private-cache-commerce.12'])('gives for %s no more than the signature', async (channel) => {
    expect(await bodyOf(channel)).toEqual({ auth: signature(channel) });
  });

  it('signs with the first of several secrets', async () => {
    const world = { ...newWorld(), secret: new FixedSecret('newer', SECRET) };

    expect((await authorizeChannel(world)(request())).body).toContain(
      signature('private-commerce.12', 'newer'),
    );
  });

  it('reads JSON as well', async () => {
    const body = Buffer.from('{"socket_id":"1234.1234","channel_name":"private-commerce.12"}');

    expect(
      (await authorizeChannel(newWorld())(request({ contentType: 'application/json', body }))).status,
    ).toBe(200);
  });

  it.each([
    ['no token', { authorization: '' }],
    ['an invalid token', { authorization: 'Bearer forged-token' }],
    ['a token of another scheme', { authorization: 'Basic valid-token' }],
    ['a channel of another tenant', { channel: 'private-commerce.13' }],
    ['a channel of a tenant whose name begins alike', { channel: 'private-commerce.123' }],
    ['a channel of no tenant', { channel: 'private-admins' }],
    ['a public channel', { channel: 'news' }],
    ['the channel of a user', { channel: '#server-to-user-user-7' }],
    ['a presence channel of another tenant', { channel: 'presence-commerce.13' }],
    ['an encrypted channel of another tenant', { channel: 'private-encrypted-commerce.13' }],
    ['an encrypted channel of no tenant', { channel: 'private-encrypted-admins' }],
  ])('is 403 for %s, and signs nothing', async (_, changes) => {
    const world = newWorld();

    const answer = await authorizeChannel(world)(request(changes));

    expect(answer).toMatchObject({ status: 403, headers: { 'access-control-allow-origin': '*' } });
    expect(JSON.parse(answer.body)).toEqual({ message: expect.any(String) });
    expect(world.secret.reads).toBe(0);
    world.logger.assertNeverLogged('forged-token');
  });

  it.each([
    ['nothing', ''],
    ['a socket id that cannot be', 'socket_id=abc&channel_name=private-commerce.12'],
    [
      'a socket id with another channel in it',
      'socket_id=1.2:private-commerce.13&channel_name=private-commerce.12',
    ],
    ['a channel name that cannot be', 'socket_id=1.2&channel_name=a%20b'],
  ])('is 400 for a body with %s', async (_, body) => {
    expect((await authorizeChannel(newWorld())(request({ body: Buffer.from(body) }))).status).toBe(400);
  });

  it('is 500 when the token could not be verified, and the page may read that', async () => {
    const world = newWorld();
    world.tokens.failure = new Error('the keys cannot be fetched');

    expect(await authorizeChannel(world)(request())).toMatchObject({
      status: 500,
      headers: { 'access-control-allow-origin': '*' },
    });
    world.logger.assertLogged('channel-auth-failed');
  });
});

describe('OPTIONS /broadcasting/auth', () => {
  it('allows the page of an allowed origin what it asks for, without a token', async () => {
    const world = newWorld();
    const settings = { ...world.settings, allowedOrigins: ['*.shop.pe'] };
    const preflight = { method: 'OPTIONS', requestedHeaders: 'authorization', body: new Uint8Array() };
    const authorize = authorizeChannel({ ...world, settings });

    expect(await authorize({ ...preflight, origin: 'https://panel.shop.pe' })).toEqual({
      status: 204,
      headers: expect.objectContaining({
        'access-control-allow-origin': 'https://panel.shop.pe',
        'access-control-allow-headers': 'authorization',
      }),
      body: '',
    });
    expect((await authorize({ ...preflight, origin: 'https://evil.com' })).headers).toEqual({
      vary: 'Origin',
    });
  });
});
