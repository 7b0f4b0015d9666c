import { describe, expect, it } from 'vitest';
import { authorizeConnection } from '../../../lambdas/use-cases/authorize-connection.ts';
import { KnownTokens } from '../../fakes/known-tokens.ts';
import { APP_KEY, identity, newWorld } from './world.ts';

describe('the authorizer of a handshake', () => {
  it.each([
    ['in a subprotocol', { subprotocols: 'pregonero, bearer.valid-token' }],
    ['in the query', { token: 'valid-token' }],
    ['beside an app key', { token: 'valid-token', appKey: APP_KEY }],
  ])('lets in a valid token %s, with its identity', async (_, credentials) => {
    expect(await authorizeConnection(newWorld())(credentials)).toEqual({ outcome: 'allowed', identity });
  });

  it.each([APP_KEY, 'unknown'])('lets in the app key %j without identity, right or wrong', async (appKey) => {
    expect(await authorizeConnection(newWorld())({ appKey })).toEqual({ outcome: 'allowed' });
  });

  it.each([
    ['nothing', {}],
    ['an empty app key', { appKey: '' }],
    ['an invalid token', { token: 'forged-token' }],
    ['an invalid token beside an app key', { token: 'forged-token', appKey: APP_KEY }],
    ['an empty token beside an app key', { token: '', appKey: APP_KEY }],
    ['an empty subprotocol token beside an app key', { subprotocols: 'pregonero, bearer.', appKey: APP_KEY }],
    ['two tokens', { subprotocols: 'bearer.valid-token, bearer.valid-token' }],
    [
      'an invalid subprotocol token beside a valid one in the query',
      { subprotocols: 'bearer.x', token: 'valid-token' },
    ],
  ])('refuses %s', async (_, credentials) => {
    const world = newWorld();

    expect(await authorizeConnection(world)(credentials)).toEqual({ outcome: 'refused' });

    world.logger.assertLogged('handshake-refused');
    world.logger.assertNeverLogged('forged-token');
  });

  it('says in the log that an empty token is no missing one', async () => {
    const world = newWorld();

    await authorizeConnection(world)({ token: '', appKey: APP_KEY });

    world.logger.assertLogged('handshake-refused', {
      reason: 'it came with an empty token, or with several',
    });
  });

  it.each(['12.orders', 'a b', '{tenant}', ''])('refuses a token of a tenant named %j', async (tenant) => {
    const tokens = new KnownTokens({ strange: { ...identity, tenant } });

    expect(await authorizeConnection({ ...newWorld(), tokens })({ token: 'strange' })).toEqual({
      outcome: 'refused',
    });
  });

  it('refuses a token of a tenant whose channel has a longer name than a channel may have', async () => {
    const longest = 'x'.repeat(200 - 'private-commerce.'.length);
    const tokens = new KnownTokens({
      fits: { ...identity, tenant: longest },
      'fits-not': { ...identity, tenant: `${longest}x` },
      huge: { ...identity, tenant: 'x'.repeat(2_100) },
    });
    const authorize = authorizeConnection({ ...newWorld(), tokens });

    expect(await authorize({ token: 'fits' })).toMatchObject({ outcome: 'allowed' });
    expect(await authorize({ token: 'fits-not' })).toEqual({ outcome: 'refused' });
    expect(await authorize({ token: 'huge' })).toEqual({ outcome: 'refused' });
  });

  it('refuses a token of a tenant whose channel the deployment has no room for', async () => {
    const world = newWorld();
    const limits = { ...world.settings.limits, maxChannelNameLength: 'private-commerce.1'.length };
    const authorize = authorizeConnection({ ...world, settings: { ...world.settings, limits } });

    expect(await authorize({ token: 'valid-token' })).toEqual({ outcome: 'refused' });
  });

  it('passes on that a token could not be verified, which is nobody’s fault but ours', async () => {
    const world = newWorld();
    world.tokens.failure = new Error('the keys cannot be fetched');

    await expect(authorizeConnection(world)({ token: 'valid-token' })).rejects.toThrow('keys');
  });
});
