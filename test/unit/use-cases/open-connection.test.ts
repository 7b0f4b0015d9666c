import { describe, expect, it } from 'vitest';
import { type Handshake, openConnection } from '../../../lambdas/use-cases/open-connection.ts';
import { APP_KEY, connected, identity, NOW, newWorld } from './world.ts';

const handshake = (changes: Partial<Handshake> = {}): Handshake => ({
  connectionId: 'a=',
  connectedAt: NOW,
  appKey: APP_KEY,
  ...changes,
});
const withoutKey = { connectionId: 'a=', connectedAt: NOW };

const refusalIn = (world: ReturnType<typeof newWorld>) => world.table.rows.get('a=')?.connection.refusal;

function worldWith(changes: { allowedOrigins?: readonly string[]; maxConnections?: number | null }) {
  const world = newWorld();
  const { allowedOrigins = ['*'], maxConnections = null } = changes;
  return {
    ...world,
    settings: { ...world.settings, allowedOrigins, limits: { ...world.settings.limits, maxConnections } },
  };
}

describe('$connect', () => {
  it('stores a connection that came with the app key', async () => {
    const world = newWorld();

    expect(await openConnection(world)(handshake())).toEqual({});

    world.connections.assertStored({ connectionId: 'a=', connectedAt: NOW, expiresAt: NOW / 1000 + 7800 });
  });

  it('stores whose token it came with, until that expires', async () => {
    const world = newWorld();

    await openConnection(world)({ ...withoutKey, identity });

    world.connections.assertStored({ ...withoutKey, identity, expiresAt: identity.tokenExpiresAt });
  });

  it('echoes the subprotocol that carries no token, and none that was not offered', async () => {
    const open = openConnection(newWorld());

    expect(await open({ ...withoutKey, identity, subprotocols: 'pregonero, bearer.valid-token' })).toEqual({
      subprotocol: 'pregonero',
    });
    expect(await open({ ...withoutKey, identity, subprotocols: 'bearer.valid-token' })).toEqual({});
  });

  it.each([
    ['another key', handshake({ appKey: 'ws' })],
    ['an empty key', handshake({ appKey: '' })],
    ['another key beside a token', handshake({ appKey: 'ws', identity })],
    ['neither key nor token', withoutKey],
  ])('keeps that it is to be refused with 4001: %s', async (_, wrong) => {
    const world = newWorld();

    expect(await openConnection(world)(wrong)).toEqual({});

    expect(refusalIn(world)).toBe(4001);
    world.logger.assertLogged('connection-refused', { code: 4001 });
  });

  it.each([
    ['a foreign origin', handshake({ origin: 'https://evil.com' })],
    ['no origin', handshake()],
    [
      'a foreign origin of a connection with a token',
      { ...withoutKey, identity, origin: 'https://evil.com' },
    ],
  ])('keeps that it is to be refused with 4009: %s', async (_, foreign) => {
    const world = worldWith({ allowedOrigins: ['*.shop.pe'] });

    await openConnection(world)(foreign);

    expect(refusalIn(world)).toBe(4009);
  });

  it.each([
    ['an allowed origin', handshake({ origin: 'https://panel.shop.pe' })],
    ['no origin, with a token', { ...withoutKey, identity }],
  ])('refuses nobody for %s', async (_, allowed) => {
    const world = worldWith({ allowedOrigins: ['*.shop.pe'] });

    await openConnection(world)(allowed);

    expect(refusalIn(world)).toBeUndefined();
  });

  it('keeps that the house is full, with 4004, and takes no place for whoever is told so', async () => {
    const world = worldWith({ maxConnections: 2 });
    await connected(world, 'b=');
    await openConnection(world)(handshake());
    expect(refusalIn(world)).toBeUndefined();

    await openConnection(world)(handshake({ connectionId: 'c=' }));

    expect(world.table.rows.get('c=')?.connection.refusal).toBe(4004);
    expect(await world.connections.countOpen()).toBe(2);
  });

  it('passes on that it could not be stored: nobody would ever greet it', async () => {
    const world = newWorld();
    const connections = Object.assign(Object.create(world.connections), {
      open: () => Promise.reject(new Error('throttled')),
    });

    await expect(openConnection({ ...world, connections })(handshake())).rejects.toThrow('throttled');
  });
});
