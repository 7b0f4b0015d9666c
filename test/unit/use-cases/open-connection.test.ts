import { describe, expect, it } from 'vitest';
import { handshakeFingerprint } from '../../../lambdas/protocol/handshake-fingerprint.ts';
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

interface Changes {
  readonly allowedOrigins?: readonly string[];
  readonly maxConnections?: number;
  readonly maxConnectionsPerTenant?: number;
}

function worldWith({ allowedOrigins = ['*'], ...limits }: Changes) {
  const world = newWorld();
  return {
    ...world,
    settings: { ...world.settings, allowedOrigins, limits: { ...world.settings.limits, ...limits } },
  };
}

/** What a handshake looks like that shows nothing. */
const fingerprint = handshakeFingerprint({});

describe('$connect', () => {
  it('stores a connection that came with the app key', async () => {
    const world = newWorld();

    expect(await openConnection(world)(handshake())).toEqual({});

    world.connections.assertStored({
      connectionId: 'a=',
      connectedAt: NOW,
      expiresAt: NOW / 1000 + 7800,
      fingerprint,
    });
  });

  it('stores whose token it came with, until that expires', async () => {
    const world = newWorld();

    await openConnection(world)({ ...withoutKey, identity });

    world.connections.assertStored({
      ...withoutKey,
      identity,
      expiresAt: identity.tokenExpiresAt,
      fingerprint,
    });
    world.users.assertConnections('user-7', 'a=');
  });

  it('stores what the handshake looks like, to know the client again', async () => {
    const world = newWorld();
    const traits = {
      forwardedFor: '203.0.113.7, 130.176.1.1',
      userAgent: 'Mozilla/5.0',
      origin: 'https://shop.pe',
    };

    await openConnection(world)(handshake(traits));

    expect(await world.connections.fingerprintOf('a=')).toBe(handshakeFingerprint(traits));
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

  it('keeps that the tenant of a token has as many connections as it may, and lets those of others in', async () => {
    const world = worldWith({ maxConnectionsPerTenant: 1 });
    const open = openConnection(world);
    await open({ ...withoutKey, identity });
    await open({ ...withoutKey, connectionId: 'b=', identity });
    await open({ ...withoutKey, connectionId: 'c=', identity: { ...identity, tenant: '13' } });
    await open(handshake({ connectionId: 'd=' }));

    expect(['a=', 'b=', 'c=', 'd='].map((id) => world.table.rows.get(id)?.connection.refusal)).toEqual([
      undefined,
      4004,
      undefined,
      undefined,
    ]);
  });

  it('keeps out, with 4009, the user of a token who was thrown out, until that is over', async () => {
    const world = newWorld();
    await world.denials.denyUser('user-7', NOW / 1000 + 60);
    await world.denials.denyHandshake(fingerprint, NOW / 1000 + 60);

    await openConnection(world)({ ...withoutKey, identity });
    expect(refusalIn(world)).toBe(4009);
    // It was denied by name: the other denial is for somebody who has not said one.
    world.denials.assertHandshakesDenied(fingerprint, 1);
    world.clock.advance(60_000);
    await openConnection(world)({ ...withoutKey, connectionId: 'b=', identity });

    expect(world.table.rows.get('b=')?.connection.refusal).toBeUndefined();
  });

  it('keeps out, with 4009, one handshake for each that looks like that of somebody thrown out', async () => {
    const world = newWorld();
    await world.denials.denyHandshake(fingerprint, NOW / 1000 + 60);
    const open = openConnection(world);

    await open(handshake({ userAgent: 'another browser' }));
    await open(handshake({ connectionId: 'b=' }));
    await open(handshake({ connectionId: 'c=' }));

    expect(['a=', 'b=', 'c='].map((id) => world.table.rows.get(id)?.connection.refusal)).toEqual([
      undefined,
      4009,
      undefined,
    ]);
  });

  it('leaves a denial for a handshake that nothing else refuses', async () => {
    const world = newWorld();
    await world.denials.denyHandshake(fingerprint, NOW / 1000 + 60);

    await openConnection(world)(handshake({ appKey: 'ws' }));

    world.denials.assertHandshakesDenied(fingerprint, 1);
  });

  it('passes on that it could not be stored: nobody would ever greet it', async () => {
    const world = newWorld();
    const connections = Object.assign(Object.create(world.connections), {
      open: () => Promise.reject(new Error('throttled')),
    });

    await expect(openConnection({ ...world, connections })(handshake())).rejects.toThrow('throttled');
  });
});
