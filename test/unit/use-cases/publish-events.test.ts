import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type PublishRequest, publishEvents } from '../../../lambdas/use-cases/publish-events.ts';
import { FixedSecret } from '../../fakes/fixed-secret.ts';
import { APP_KEY, NOW_IN_SECONDS, newWorld, SECRET } from './world.ts';

const event = (changes: Record<string, unknown> = {}) => ({
  name: 'created',
  channel: 'one',
  data: '{"a": 1.0}',
  ...changes,
});

function request(
  body: unknown,
  changes: Partial<PublishRequest> = {},
  timestamp = NOW_IN_SECONDS,
): PublishRequest {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const digest = createHash('md5').update(bytes).digest('hex');
  const md5 = bytes.length === 0 ? '' : `&body_md5=${digest}`;
  const query = `auth_key=${APP_KEY}&auth_timestamp=${timestamp}&auth_version=1.0${md5}`;
  const signature = createHmac('sha256', SECRET).update(`POST\n/apps/app/events\n${query}`).digest('hex');
  return {
    method: 'POST',
    path: '/apps/app/events',
    query: `${query}&auth_signature=${signature}`,
    appId: 'app',
    body: bytes,
    ...changes,
  };
}

describe('publishing an event', () => {
  it('stores it and answers an empty object', async () => {
    const world = newWorld();

    expect(await publishEvents(world)(request(event()))).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

    world.log.assertStored({ channel: 'one', event: 'created', data: '{"a": 1.0}' });
    world.logger.assertNoErrors();
  });

  it('stores one notification for every channel, in their order', async () => {
    const world = newWorld();

    await publishEvents(world)(
      request(event({ channels: ['one', 'private-two', 'private-three'], socket_id: '1.2' })),
    );

    world.log.assertStored(
      ...['one', 'private-two', 'private-three'].map((channel) => ({
        channel,
        event: 'created',
        data: '{"a": 1.0}',
        socketId: '1.2',
      })),
    );
  });

  it('answers with an object of every channel when asked for their attributes', async () => {
    const asked = request(event({ channels: ['one', '__proto__'], info: 'subscription_count' }));

    expect((await publishEvents(newWorld())(asked)).body).toBe('{"channels":{"one":{},"__proto__":{}}}');
  });

  it.each([
    ['another secret', request(event(), { query: request(event({ name: 'x' })).query })],
    ['a time long past', request(event(), {}, NOW_IN_SECONDS - 601)],
    ['a time far ahead', request(event(), {}, NOW_IN_SECONDS + 601)],
    ['no query', request(event(), { query: '' })],
    ['another method', request(event(), { method: 'PUT' })],
  ])('is refused with 401, and nothing is stored: %s', async (_, forged) => {
    const world = newWorld();

    expect(await publishEvents(world)(forged)).toMatchObject({
      status: 401,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'Authentication signature invalid.',
    });

    world.log.assertStored();
    world.logger.assertLogged('publish-refused', { status: 401 });
    world.logger.assertNeverLogged(forged.query || '1.0}');
  });

  it('is accepted when signed with a secret that came with a rotation nobody has noticed yet', async () => {
    const world = { ...newWorld(), secret: new FixedSecret('older') };
    world.secret.rotate(SECRET, 'older');

    expect(await publishEvents(world)(request(event()))).toMatchObject({ status: 200 });
  });

  it.each([
    ['the key', request(event(), { query: request(event()).query.replace(APP_KEY, 'another') })],
    ['the time', request(event(), {}, NOW_IN_SECONDS - 601)],
  ])('has no secret looked up again for a wrong %s', async (_, wrong) => {
    const world = { ...newWorld(), secret: new FixedSecret(SECRET) };
    world.secret.rotate('newer');

    expect(await publishEvents(world)(wrong)).toMatchObject({ status: 401 });

    expect(await world.secret.current()).toEqual([SECRET]);
  });

  it('to another app is refused with 404 before any secret is read', async () => {
    const world = newWorld();

    expect(await publishEvents(world)(request(event(), { appId: 'another' }))).toMatchObject({
      status: 404,
      body: 'No matching application for ID [another].',
    });

    expect(world.secret.reads).toBe(0);
  });

  it.each(['', 'null', '[]', '{'])('with the body %j is refused with 400', async (body) => {
    expect(await publishEvents(newWorld())(request(body))).toMatchObject({
      status: 400,
      body: 'Bad request.',
    });
  });

  it('that is not complete is refused with 422 and messages by field', async () => {
    const world = newWorld();

    const answer = await publishEvents(world)(request(event({ name: undefined, data: 7 })));

    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.body)).toEqual({
      name: ['The name field is required.'],
      data: ['The data field must be a string.'],
    });
    world.log.assertStored();
  });

  it.each([
    ['data', event({ data: 'x'.repeat(100 * 1024 + 1) })],
    ['a frame that its quotes make too large', event({ data: '"'.repeat(70_000) })],
  ])('with %s beyond its size is refused with 413', async (_, large) => {
    const world = newWorld();

    expect(await publishEvents(world)(request(large))).toMatchObject({
      status: 413,
      body: 'Payload too large.',
    });

    world.log.assertStored();
  });

  it('that cannot be stored is answered 500, so that the caller tries again', async () => {
    const world = newWorld();
    world.log.failure = new Error('throttled');

    expect(await publishEvents(world)(request(event()))).toMatchObject({
      status: 500,
      body: 'Internal server error.',
    });

    world.logger.assertLogged('publish-failed');
  });
});
