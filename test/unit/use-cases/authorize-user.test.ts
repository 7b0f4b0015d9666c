import PusherServer from 'pusher';
import { describe, expect, it } from 'vitest';
import type { AuthRequest } from '../../../lambdas/use-cases/auth-endpoint.ts';
import { authorizeUser } from '../../../lambdas/use-cases/authorize-user.ts';
import { KnownTokens } from '../../fakes/known-tokens.ts';
import { APP_KEY, identity, newWorld, SECRET, type World } from './world.ts';

const request = (changes: Partial<AuthRequest> = {}): AuthRequest => ({
  method: 'POST',
  authorization: 'Bearer valid-token',
  contentType: 'application/x-www-form-urlencoded',
  body: Buffer.from('socket_id=1234.1234'),
  ...changes,
});

const withToken = (token: object): World => ({
  ...newWorld(),
  tokens: new KnownTokens({ 'valid-token': { ...identity, ...token } }),
});

describe('POST /broadcasting/user-auth', () => {
  it('signs that the socket is the user of the token, as Pusher’s server SDK would', async () => {
    const server = new PusherServer({ appId: 'app', key: APP_KEY, secret: SECRET, host: 'localhost' });

    const answer = await authorizeUser(newWorld())(request());

    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } });
    expect(JSON.parse(answer.body)).toEqual(server.authenticateUser('1234.1234', { id: 'user-7' }));
  });

  it('signs who the user is where the token says so', async () => {
    const answer = await authorizeUser(withToken({ userInfo: { name: 'Ana' } }))(request());

    expect(JSON.parse(answer.body).user_data).toBe('{"id":"user-7","user_info":{"name":"Ana"}}');
  });

  it('reads JSON as well', async () => {
    const body = Buffer.from('{"socket_id":"1234.1234"}');

    expect((await authorizeUser(newWorld())(request({ contentType: 'application/json', body }))).status).toBe(
      200,
    );
  });

  it.each([
    ['no token', newWorld(), { authorization: '' }],
    ['an invalid token', newWorld(), { authorization: 'Bearer forged-token' }],
    ['a user of whose id no channel can be named', withToken({ user: 'ana@shop.pe/7' }), {}],
  ])('is 403 for %s, and signs nothing', async (_, world, changes) => {
    const answer = await authorizeUser(world)(request(changes));

    expect(answer).toMatchObject({ status: 403, headers: { 'access-control-allow-origin': '*' } });
    expect(JSON.parse(answer.body)).toEqual({ message: expect.any(String) });
    expect(world.secret.reads).toBe(0);
  });

  it.each([
    ['nothing', ''],
    ['a socket id that cannot be', 'socket_id=abc'],
    ['a socket id with a signature of something else in it', 'socket_id=1.2%3Aprivate-a'],
  ])('is 400 for a body with %s', async (_, body) => {
    expect((await authorizeUser(newWorld())(request({ body: Buffer.from(body) }))).status).toBe(400);
  });

  it('answers a preflight without a token', async () => {
    const answer = await authorizeUser(newWorld())({ method: 'OPTIONS', body: new Uint8Array() });

    expect(answer).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-methods': 'POST, OPTIONS' },
    });
  });
});
