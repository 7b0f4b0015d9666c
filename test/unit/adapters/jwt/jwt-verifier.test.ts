import { createServer, type Server } from 'node:http';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { JwtVerifier } from '../../../../lambdas/adapters/jwt/jwt-verifier.ts';
import { TokenRefused } from '../../../../lambdas/ports/token-verifier.ts';
import type { TokenIssuer } from '../../../../lambdas/protocol/token-issuer.ts';
import { RecordingLogger } from '../../../fakes/recording-logger.ts';

type Key = Awaited<ReturnType<typeof generateKeyPair>>;

const NOW = 1_764_000_000;

let now = NOW;
const clock = { now: () => now * 1_000, sleep: () => Promise.resolve() };
let logger = new RecordingLogger();
beforeEach(() => {
  now = NOW;
  logger = new RecordingLogger();
});

let ours: Key;
let foreign: Key;
let elliptic: Key;
let publicKey: string;
beforeAll(async () => {
  [ours, foreign, elliptic] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256'),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  publicKey = await exportSPKI(ours.publicKey);
});

const settings = (more: Partial<TokenIssuer> = {}): TokenIssuer => ({
  issuer: 'https://api.example',
  audience: 'pregonero',
  publicKey,
  algorithms: ['RS256'],
  tenantClaim: 'commerce_id',
  userClaim: 'sub',
  ...more,
});

const claims: JWTPayload = {
  iss: 'https://api.example',
  aud: 'pregonero',
  sub: '7',
  commerce_id: 12,
  exp: NOW + 60,
};

interface Making {
  readonly change?: JWTPayload;
  readonly without?: string;
  readonly key?: Key | Uint8Array;
  readonly alg?: string;
  readonly kid?: string;
}

function token({ change = {}, without, key = ours, alg = 'RS256', kid }: Making = {}) {
  const payload = { ...claims, ...change };
  if (without !== undefined) {
    delete payload[without];
  }
  const signing = key instanceof Uint8Array ? key : key.privateKey;
  return new SignJWT(payload).setProtectedHeader(kid === undefined ? { alg } : { alg, kid }).sign(signing);
}

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function verdict(verifier: JwtVerifier, jwt: string): Promise<unknown> {
  return await verifier.verify(jwt).catch((error: unknown) => error);
}

describe('a token signed with the configured public key', () => {
  it('says who is connected, and until when', async () => {
    expect(await new JwtVerifier([settings()], clock, logger).verify(await token())).toEqual({
      tenant: '12',
      user: '7',
      tokenExpiresAt: NOW + 60,
    });
  });

  it('may name tenant and user by claims of any name, as strings or numbers', async () => {
    const issuer = settings({ tenantClaim: 'https://claims.example/tenant', userClaim: 'uid' });
    const jwt = await token({ change: { 'https://claims.example/tenant': 'acme', uid: 99 } });
    expect(await new JwtVerifier([issuer], clock, logger).verify(jwt)).toMatchObject({
      tenant: 'acme',
      user: '99',
    });
  });

  it('may say who its user is, by the claim that its issuer has for that', async () => {
    const user_info = { name: 'Ana', tags: ['a'] };
    const verifier = new JwtVerifier([settings({ userInfoClaim: 'user_info' })], clock, logger);

    expect(await verifier.verify(await token({ change: { user_info } }))).toMatchObject({
      user: '7',
      userInfo: user_info,
    });
    for (const change of [{}, { user_info: null }]) {
      expect(await verifier.verify(await token({ change }))).not.toHaveProperty('userInfo');
    }
    const without = new JwtVerifier([settings()], clock, logger);
    expect(await without.verify(await token({ change: { user_info } }))).not.toHaveProperty('userInfo');
  });

  it.each([['a text'], [7], [true], [['a list']]])(
    'is refused when it says by %j who its user is',
    async (user_info) => {
      const verifier = new JwtVerifier([settings({ userInfoClaim: 'user_info' })], clock, logger);

      const refused = await verdict(verifier, await token({ change: { user_info } }));

      expect(refused).toBeInstanceOf(TokenRefused);
      expect(String(refused)).toContain('its claim "user_info" must be an object');
    },
  );

  it('is refused when its user has a name that fits into no key of a row', async () => {
    const verifier = new JwtVerifier([settings()], clock, logger);
    const longest = 'ñ'.repeat(512);

    expect(await verifier.verify(await token({ change: { sub: longest } }))).toMatchObject({ user: longest });
    const refused = await verdict(verifier, await token({ change: { sub: `${longest}a` } }));

    expect(refused).toBeInstanceOf(TokenRefused);
    expect(String(refused)).toContain('its claim "sub" must be a string of 1 to 1024 bytes');
  });

  it('may be for several audiences, and its expiry may have a fraction', async () => {
    const jwt = await token({ change: { aud: ['other', 'pregonero'], exp: NOW + 60.9 } });
    expect(await new JwtVerifier([settings()], clock, logger).verify(jwt)).toMatchObject({
      tokenExpiresAt: NOW + 60,
    });
  });

  it('is believed by the algorithm that its header names, among those allowed', async () => {
    const issuer = settings({ algorithms: ['RS256', 'PS256'] });
    const verifier = new JwtVerifier([issuer], clock, logger);
    const { importPKCS8, exportPKCS8 } = await import('jose');
    const pss = await importPKCS8(await exportPKCS8(ours.privateKey), 'PS256');
    const jwt = await token({ key: { ...ours, privateKey: pss }, alg: 'PS256' });
    expect(await verifier.verify(jwt)).toMatchObject({ tenant: '12' });
    expect(await verifier.verify(await token())).toMatchObject({ tenant: '12' });
  });

  it('is accepted from each of several issuers, with that issuer’s own key and claims', async () => {
    const other = settings({
      issuer: 'https://other.example',
      publicKey: await exportSPKI(elliptic.publicKey),
      algorithms: ['ES256'],
      tenantClaim: 'org',
    });
    const verifier = new JwtVerifier([settings(), other], clock, logger);
    const fromOther = { change: { iss: 'https://other.example', org: 'acme' }, key: elliptic, alg: 'ES256' };
    expect(await verifier.verify(await token(fromOther))).toMatchObject({ tenant: 'acme' });
    expect(await verifier.verify(await token())).toMatchObject({ tenant: '12' });
    const borrowed = await token({ change: { iss: 'https://other.example', org: 'acme' } });
    expect(await verdict(verifier, borrowed)).toBeInstanceOf(TokenRefused);
  });

  it.each<[string, Making]>([
    ['is expired by more than the tolerated five seconds', { change: { exp: NOW - 5 } }],
    ['has no expiry', { without: 'exp' }],
    ['is not valid yet', { change: { nbf: NOW + 60 } }],
    ['is for another audience', { change: { aud: 'elsewhere' } }],
    ['is for no audience', { without: 'aud' }],
    ['is of an unknown issuer', { change: { iss: 'https://api.example.evil' } }],
    ['is of no issuer', { without: 'iss' }],
    ['names no tenant', { without: 'commerce_id' }],
    ['names no user', { without: 'sub' }],
    ['names the empty tenant', { change: { commerce_id: '' } }],
    ['names a tenant by an object', { change: { commerce_id: { toString: '12' } } }],
    ['names a tenant by a list', { change: { commerce_id: ['12'] } }],
    ['names a tenant by a fraction', { change: { commerce_id: 1.5 } }],
    ['names a tenant by a number that lost digits', { change: { commerce_id: 2 ** 53 } }],
    ['names a user by a truth', { change: { sub: true as never } }],
    ['names a user by half a character', { change: { sub: 'user-\ud83d' } }],
    ['expires at a time beyond counting', { change: { exp: 1e300 } }],
  ])('is refused when it %s', async (_, making) => {
    expect(await verdict(new JwtVerifier([settings()], clock, logger), await token(making))).toBeInstanceOf(
      TokenRefused,
    );
  });

  it('is accepted within five seconds of its expiry, for clocks differ', async () => {
    const verifier = new JwtVerifier([settings()], clock, logger);
    expect(await verdict(verifier, await token({ change: { exp: NOW - 4 } }))).toMatchObject({
      tenant: '12',
    });
  });
});

describe('a forged token', () => {
  const refused = async (jwt: string) => {
    const error = await verdict(new JwtVerifier([settings()], clock, logger), jwt);
    expect(error).toBeInstanceOf(TokenRefused);
    // Neither the token nor its claims may get where errors are logged.
    const { message, cause } = error as TokenRefused;
    expect(cause).toBeUndefined();
    for (const part of jwt.split('.').filter((piece) => piece !== '')) {
      expect(message).not.toContain(part);
    }
    expect(message).not.toContain('https://api.example');
  };

  it('is refused when another key has signed it', async () => {
    await refused(await token({ key: foreign }));
  });

  it('is refused when its claims were changed afterwards', async () => {
    const [header, , signature] = (await token()).split('.');
    await refused(`${header}.${segment({ ...claims, commerce_id: 13 })}.${signature}`);
  });

  it.each(['none', 'None', 'NONE', ''])('is refused with the algorithm %j', async (alg) => {
    await refused(`${segment({ alg, typ: 'JWT' })}.${segment(claims)}.`);
  });

  it('is refused when the public key has served as an HMAC secret', async () => {
    await refused(await token({ key: new TextEncoder().encode(publicKey), alg: 'HS256' }));
  });

  it('is refused with an algorithm that is not allowed, though the key would fit', async () => {
    await refused(`${segment({ alg: 'RS512' })}.${segment(claims)}.${(await token()).split('.')[2]}`);
  });

  it.each(['', 'a', 'a.b', 'a.b.c', '....', 'ey.ey.ey', `${segment({})}.${segment([])}.x`])(
    'is refused when it is no token at all: %j',
    async (jwt) => {
      expect(await verdict(new JwtVerifier([settings()], clock, logger), jwt)).toBeInstanceOf(TokenRefused);
    },
  );
});

describe('a token signed with a key of a JWKS', () => {
  let server: Server | undefined;
  let requests = 0;
  let keys: readonly object[] = [];
  let status = 200;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  async function verifierOfJwks(keyCooldownInMilliseconds = 0): Promise<JwtVerifier> {
    requests = 0;
    status = 200;
    server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { publicKey: _, ...rest } = settings();
    return new JwtVerifier([{ ...rest, jwksUrl: `http://127.0.0.1:${port}/jwks.json` }], clock, logger, {
      keyCooldownInMilliseconds,
    });
  }

  const jwk = async (key: Key, kid: string) => ({ ...(await exportJWK(key.publicKey)), kid, alg: 'RS256' });

  it('is the first to load what fetches keys: a cold start for anybody else does without', async () => {
    const fetching = vi.fn();
    const Original = Headers;
    vi.stubGlobal(
      'Headers',
      class extends Original {
        constructor(init?: ConstructorParameters<typeof Original>[0]) {
          super(init);
          fetching();
        }
      },
    );
    try {
      keys = [await jwk(ours, 'k1')];
      const verifier = await verifierOfJwks();
      expect(fetching).not.toHaveBeenCalled();
      await verifier.verify(await token({ kid: 'k1' }));
      expect(fetching).toHaveBeenCalled();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('is verified with keys that are fetched once', async () => {
    keys = [await jwk(ours, 'k1'), await jwk(foreign, 'k2')];
    const verifier = await verifierOfJwks();
    await verifier.verify(await token({ kid: 'k1' }));
    await verifier.verify(await token({ kid: 'k2', key: foreign }));
    expect(requests).toBe(1);
  });

  it('is verified after a rotation: an unknown key has the set fetched again', async () => {
    keys = [await jwk(ours, 'k1')];
    const verifier = await verifierOfJwks();
    await verifier.verify(await token({ kid: 'k1' }));
    keys = [await jwk(foreign, 'k2')];
    expect(await verifier.verify(await token({ kid: 'k2', key: foreign }))).toMatchObject({ tenant: '12' });
    expect(requests).toBe(2);
    expect(await verdict(verifier, await token({ kid: 'k1' }))).toBeInstanceOf(TokenRefused);
  });

  it('is refused when no key of the set has signed it', async () => {
    keys = [await jwk(ours, 'k1')];
    const verifier = await verifierOfJwks();
    expect(await verdict(verifier, await token({ kid: 'unknown', key: foreign }))).toBeInstanceOf(
      TokenRefused,
    );
    expect(await verdict(verifier, await token({ kid: 'k1', key: foreign }))).toBeInstanceOf(TokenRefused);
  });

  describe('while the issuer is out of reach', () => {
    const MINUTE = 60;
    const HOUR = 60 * MINUTE;

    async function verifierBeforeTheOutage(): Promise<JwtVerifier> {
      keys = [await jwk(ours, 'k1')];
      const verifier = await verifierOfJwks(30_000);
      await verifier.verify(await token({ kid: 'k1' }));
      status = 503;
      return verifier;
    }
    const lasting = (kid = 'k1', key = ours) => token({ kid, key, change: { exp: NOW + 24 * HOUR } });

    it.each([10 * MINUTE, 6 * HOUR - 1])(
      'is verified with the keys of before, %i seconds on',
      async (later) => {
        const verifier = await verifierBeforeTheOutage();
        now += later;
        expect(await verifier.verify(await lasting())).toMatchObject({ tenant: '12' });
        expect(requests).toBe(2);
        logger.assertLogged('keys-not-refreshed');
      },
    );

    it('is not verified with keys of six hours ago', async () => {
      const verifier = await verifierBeforeTheOutage();
      now += 6 * HOUR - 10;
      await verifier.verify(await lasting());
      now += 10;
      const error = await verdict(verifier, await lasting());
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(TokenRefused);
    });

    it('has the keys asked for every half a minute, and not by every token', async () => {
      const verifier = await verifierBeforeTheOutage();
      now += 10 * MINUTE;
      for (let times = 0; times < 5; times++) await verifier.verify(await lasting());
      expect(requests).toBe(2);
      now += 30;
      await verifier.verify(await lasting());
      expect(requests).toBe(3);
    });

    it('is refused when the keys of before have not signed it', async () => {
      const verifier = await verifierBeforeTheOutage();
      now += 10 * MINUTE;
      expect(await verdict(verifier, await lasting('k1', foreign))).toBeInstanceOf(TokenRefused);
    });

    it('is verified with new keys only as soon as the issuer is back', async () => {
      const verifier = await verifierBeforeTheOutage();
      now += HOUR;
      await verifier.verify(await lasting());
      status = 200;
      keys = [await jwk(foreign, 'k2')];
      now += 30;
      expect(await verdict(verifier, await lasting())).toBeInstanceOf(TokenRefused);
      expect(await verifier.verify(await lasting('k2', foreign))).toMatchObject({ tenant: '12' });
    });
  });

  it('is verified with keys that are fetched again every ten minutes', async () => {
    keys = [await jwk(ours, 'k1')];
    const verifier = await verifierOfJwks(30_000);
    const jwt = await token({ kid: 'k1', change: { exp: NOW + 3_600 } });
    await verifier.verify(jwt);
    now += 599;
    await verifier.verify(jwt);
    expect(requests).toBe(1);
    now += 1;
    await verifier.verify(jwt);
    expect(requests).toBe(2);
  });

  it('does not have the keys fetched for every unknown key', async () => {
    keys = [await jwk(ours, 'k1')];
    const verifier = await verifierOfJwks(30_000);
    for (let times = 0; times < 5; times++) {
      const jwt = await token({ kid: 'unknown', key: foreign });
      expect(await verdict(verifier, jwt)).toBeInstanceOf(TokenRefused);
    }
    expect(requests).toBe(1);
  });

  it('is neither accepted nor refused while the keys cannot be had', async () => {
    keys = [await jwk(ours, 'k1')];
    const verifier = await verifierOfJwks();
    status = 503;
    const error = await verdict(verifier, await token({ kid: 'k1' }));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(TokenRefused);
    status = 200;
    expect(await verifier.verify(await token({ kid: 'k1' }))).toMatchObject({ tenant: '12' });
  });
});
