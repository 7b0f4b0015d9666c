import { describe, expect, it } from 'vitest';
import { answerRestRequest, type RestCall } from '../../../lambdas/use-cases/answer-rest-request.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { api, newRestWorld, type RestWorld, signed } from './rest-world.ts';
import { APP_KEY, NOW_IN_SECONDS, SECRET } from './world.ts';

const event = { name: 'created', channel: 'one', data: '1' };
const publish = (changes = {}) => ({ ...signed('POST', '/apps/app/events', { body: event }), ...changes });

const limitedTo = (maxApiRequestsPerSecond: number): RestWorld => {
  const world = newRestWorld();
  const { settings } = world;
  return { ...world, settings: { ...settings, limits: { ...settings.limits, maxApiRequestsPerSecond } } };
};

describe('the HTTP API', () => {
  it('says that it is up without a signature', async () => {
    const world = newRestWorld();

    for (const method of ['GET', 'HEAD']) {
      const request = { method, path: '/up', query: '', body: new Uint8Array() };
      expect(await api(world)(request)).toMatchObject({ status: 200, body: '{"health":"OK"}' });
    }

    expect(world.secret.reads).toBe(0);
  });

  it.each(['/', '/apps/app', '/apps/app/nothing', '/apps/another/nothing', '/broadcasting/auth'])(
    'does not know %s, as Reverb says it, whoever asks',
    async (path) => {
      for (const request of [signed('GET', path), { ...publish(), path }]) {
        expect(await api(newRestWorld())(request)).toMatchObject({
          status: 404,
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          body: 'Not found.',
        });
      }
    },
  );

  it('says how a path is asked, before it asks who does', async () => {
    expect(await api(newRestWorld())(publish({ method: 'GET', query: '' }))).toMatchObject({
      status: 405,
      headers: { allow: 'POST, OPTIONS' },
      body: 'Method not allowed.',
    });
  });

  it('refuses another app with 404 before any secret is read', async () => {
    const world = newRestWorld();

    expect(await api(world)(publish({ path: '/apps/another/events' }))).toMatchObject({
      status: 404,
      body: 'No matching application for ID [another].',
    });

    expect(world.secret.reads).toBe(0);
  });

  it.each([
    ['another secret', publish({ query: signed('POST', '/apps/app/events', { body: '{}' }).query })],
    [
      'a time long past',
      signed('POST', '/apps/app/events', { body: event, timestamp: NOW_IN_SECONDS - 601 }),
    ],
    [
      'a time far ahead',
      signed('POST', '/apps/app/events', { body: event, timestamp: NOW_IN_SECONDS + 601 }),
    ],
    ['no query', publish({ query: '' })],
    ['another path', publish({ path: '/apps/app/batch_events' })],
  ])('refuses with 401, and does nothing: %s', async (_, forged) => {
    const world = newRestWorld();

    expect(await api(world)(forged)).toMatchObject({
      status: 401,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'Authentication signature invalid.',
    });

    world.log.assertStored();
    world.logger.assertLogged('request-refused', { status: 401 });
    world.logger.assertNeverLogged(forged.query || 'created');
  });

  it.each([
    ['GET', '/apps/app/channels'],
    ['GET', '/apps/app/channels/one'],
    ['GET', '/apps/app/channels/one/users'],
    ['GET', '/apps/app/connections'],
    ['POST', '/apps/app/batch_events'],
    ['POST', '/apps/app/users/1/terminate_connections'],
  ])('refuses %s %s without a signature', async (method, path) => {
    const unsigned = { ...signed(method, path), query: `auth_key=${APP_KEY}` };
    expect(await api(newRestWorld())(unsigned)).toMatchObject({ status: 401 });
  });

  it('accepts what was signed with a secret that came with a rotation nobody has noticed yet', async () => {
    const world = { ...newRestWorld(), secret: new FixedSecret('older') };
    world.secret.rotate(SECRET, 'older');

    expect(await api(world)(publish())).toMatchObject({ status: 200 });
  });

  it.each([
    ['the key', publish({ query: publish().query.replace(APP_KEY, 'another') })],
    ['the time', signed('POST', '/apps/app/events', { body: event, timestamp: NOW_IN_SECONDS - 601 })],
  ])('has no secret looked up again for a wrong %s', async (_, wrong) => {
    const world = { ...newRestWorld(), secret: new FixedSecret(SECRET) };
    world.secret.rotate('newer');

    expect(await api(world)(wrong)).toMatchObject({ status: 401 });

    expect(await world.secret.current()).toEqual([SECRET]);
  });

  it('answers 500 to what fails, so that the caller tries again', async () => {
    const world = newRestWorld();
    world.log.failure = new Error('throttled');

    expect(await api(world)(publish())).toMatchObject({ status: 500, body: 'Internal server error.' });

    world.logger.assertLogged('request-failed');
  });

  it('hands on what a path and its query name', async () => {
    const calls: RestCall[] = [];
    const answer = async (call: RestCall) => {
      calls.push(call);
      return { status: 200, headers: {}, body: '{}' };
    };
    const world = newRestWorld();
    const request = signed('GET', '/apps/app/channels/#server-to-user-7/users', {
      query: { info: 'user_count,cache', with_user_info: '1' },
      idempotencyKey: 'order-7',
    });

    await answerRestRequest({ ...world, actions: { 'list-members': answer } as never })(request);

    expect(calls).toMatchObject([
      {
        path: request.path,
        parameters: { channel: '#server-to-user-7' },
        idempotencyKey: 'order-7',
        body: Buffer.alloc(0),
      },
    ]);
    expect(calls[0]?.query.get('info')).toBe('user_count,cache');
    expect(calls[0]?.query.get('with_user_info')).toBe('1');
  });
});

describe('the rate of the HTTP API', () => {
  it('is limited, all callers and all requests together', async () => {
    const world = limitedTo(2);
    const answer = api(world);
    const count = signed('GET', '/apps/app/connections');

    expect([await answer(publish()), await answer(count)]).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(await answer(publish())).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1', 'access-control-allow-origin': '*' },
      body: 'Too many requests.',
    });
    expect(await answer({ ...count, path: '/up' })).toMatchObject({ status: 200 });

    expect(world.log.notifications).toHaveLength(1);
    await world.clock.sleep(1_000);
    expect(await answer(publish())).toMatchObject({ status: 200 });
  });

  it('is used up by nobody without the secret', async () => {
    const world = limitedTo(1);

    for (const forged of [publish({ query: '' }), publish({ path: '/apps/another/events' })]) {
      await api(world)(forged);
    }

    world.allowance.assertTaken();
    expect(await api(world)(publish())).toMatchObject({ status: 200 });
  });

  it('is not even counted where there is no limit', async () => {
    const world = newRestWorld();

    await api(world)(publish());

    world.allowance.assertTaken();
  });
});

describe('a page of another origin', () => {
  const origin = 'https://panel.shop.pe';
  const allowing = (...allowedOrigins: string[]): RestWorld => {
    const world = newRestWorld();
    return { ...world, settings: { ...world.settings, allowedOrigins } };
  };

  it.each([
    ['an answer', publish()],
    ['a refusal', publish({ query: '' })],
    ['a path that is not there', publish({ path: '/nowhere' })],
    ['a method that is none', publish({ method: 'PUT' })],
  ])('may read %s when it is allowed, and not when it is none of those', async (_, request) => {
    const answer = api(allowing('*.shop.pe'));

    expect((await answer({ ...request, origin })).headers).toMatchObject({
      'access-control-allow-origin': origin,
      vary: 'Origin',
    });
    const { headers } = await answer({ ...request, origin: 'https://evil.example' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is told before which methods and headers it may use', async () => {
    const request = {
      ...publish({ method: 'OPTIONS', query: '' }),
      origin,
      requestedHeaders: 'idempotency-key',
    };

    expect(await api(allowing('*.shop.pe'))(request)).toEqual({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'idempotency-key',
        'access-control-max-age': '7200',
        vary: 'Origin',
      },
      body: '',
    });
  });
});
