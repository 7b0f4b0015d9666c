import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExecution, type TestExecution } from '../setup/execution.ts';
import { dial, type RawClient } from '../setup/raw-client.ts';

let execution: TestExecution;
let listener: RawClient;

beforeAll(async () => {
  execution = await startExecution();
  listener = await dial(execution.socketUrl);
  await listener.socketId();
  for (const channel of ['one', 'two']) {
    listener.send({ event: 'pusher:subscribe', data: { channel } });
    await listener.received('pusher_internal:subscription_succeeded', (frame) => frame.channel === channel);
  }
});
afterAll(async () => {
  listener?.close();
  await execution?.stop();
});

interface Changes {
  readonly query?: Record<string, string>;
  readonly secret?: string;
  readonly path?: string;
  readonly method?: string;
  readonly signedBody?: string;
}

/** A request as the Pusher HTTP API wants it signed, with one thing wrong where a test says so. */
async function publish(body: unknown, changes: Changes = {}): Promise<{ status: number; text: string }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const path = changes.path ?? `/apps/${execution.outputs.AppId}/events`;
  const method = changes.method ?? 'POST';
  const query: Record<string, string> = {
    auth_key: execution.outputs.AppKey as string,
    auth_timestamp: String(Math.floor(Date.now() / 1000)),
    auth_version: '1.0',
    body_md5: createHash('md5')
      .update(changes.signedBody ?? text)
      .digest('hex'),
    ...changes.query,
  };
  const sorted = Object.entries(query)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const signature = createHmac('sha256', changes.secret ?? (execution.outputs.AppSecret as string))
    .update(`${method}\n${path}\n${sorted}`)
    .digest('hex');
  const response = await fetch(`${execution.local.url}${path}?${sorted}&auth_signature=${signature}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: text }),
  });
  return { status: response.status, text: await response.text() };
}

const event = (changes: Record<string, unknown> = {}) => ({
  name: 'created',
  channel: 'one',
  data: '{"a":1}',
  ...changes,
});

describe('POST /apps/{appId}/events', () => {
  it('answers 200 with an empty object and sends the data as the exact string', async () => {
    expect(await publish(event({ name: 'exact', data: '{"a": 1.0}' }))).toEqual({ status: 200, text: '{}' });

    await listener.received('exact');
    expect(listener.texts.at(-1)).toBe('{"event":"exact","data":"{\\"a\\": 1.0}","channel":"one"}');
  });

  it('publishes to several channels', async () => {
    const { status } = await publish({ name: 'several', channels: ['one', 'two'], data: '1' });

    expect(status).toBe(200);
    await listener.received('several', (frame) => frame.channel === 'one');
    await listener.received('several', (frame) => frame.channel === 'two');
  });

  it.each<[string, Changes]>([
    ['another secret', { secret: 'guessed' }],
    ['another key', { query: { auth_key: 'other' } }],
    ['a time long past', { query: { auth_timestamp: String(Math.floor(Date.now() / 1000) - 700) } }],
    ['a time far ahead', { query: { auth_timestamp: String(Math.floor(Date.now() / 1000) + 700) } }],
    ['no time at all', { query: { auth_timestamp: '' } }],
    ['the digest of another body', { signedBody: '{}' }],
  ])('answers 401 to %s', async (_, changes) => {
    expect(await publish(event({ name: 'forged' }), changes)).toEqual({
      status: 401,
      text: 'Authentication signature invalid.',
    });
  });

  it('answers 404 to another app', async () => {
    expect(await publish(event(), { path: '/apps/another/events' })).toEqual({
      status: 404,
      text: 'No matching application for ID [another].',
    });
  });

  it.each([
    ['no name', event({ name: undefined })],
    ['no data', event({ data: undefined })],
    ['data that is no string', event({ data: { a: 1 } })],
    ['no channel', event({ channel: undefined })],
    ['a channel that cannot be', event({ channel: 'a b' })],
    ['a channel that is too long', event({ channel: 'x'.repeat(201) })],
    ['an event name that is too long', event({ name: 'x'.repeat(201) })],
    ['a channel that nobody can listen to', event({ channel: '#watchlist-7' })],
    ['data with half of a surrogate pair', event({ data: 'a\ud83d' })],
    ['an event name with half of a surrogate pair', event({ name: 'a\ud83d' })],
    ['a socket id that is a number', event({ socket_id: 12.5 })],
    [
      'too many channels',
      event({ channel: undefined, channels: Array.from({ length: 101 }, (_, i) => `c${i}`) }),
    ],
  ])('answers 4xx to %s, and stores nothing', async (_, body) => {
    const { status } = await publish(body);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it.each(['invalid-socket-id', `1.${'2'.repeat(300)}`])(
    'excludes nobody by the socket id %s, which nobody can have',
    async (socket_id) => {
      const name = `unexcluded-${socket_id.length}`;
      expect(await publish(event({ name, socket_id }))).toEqual({ status: 200, text: '{}' });

      await listener.received(name);
    },
  );

  it('answers 413 to data beyond its limit', async () => {
    expect((await publish(event({ data: 'x'.repeat(130 * 1024) }))).status).toBe(413);
  });

  it.each(['null', '[]', '{', '"text"', ''])('answers 4xx to the body %j', async (body) => {
    const { status } = await publish(body);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

describe('everything else', () => {
  it('GET /up says that it is up', async () => {
    const response = await fetch(`${execution.local.url}/up`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('15');
    expect(await response.text()).toBe('{"health":"OK"}');
    expect((await fetch(`${execution.local.url}/up`, { method: 'HEAD' })).status).toBe(200);
  });

  it('answers a preflight and says who may read, on every path of the API', async () => {
    const url = `${execution.local.url}/apps/${execution.outputs.AppId}/channels`;
    const headers = { Origin: 'https://panel.example', 'Access-Control-Request-Method': 'GET' };
    const preflight = await fetch(url, { method: 'OPTIONS', headers });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS');
    const refused = await fetch(url, { headers });
    expect(refused.status).toBe(401);
    for (const { headers: answered } of [preflight, refused]) {
      expect(answered.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/panel\.example)$/);
    }
  });

  it.each(['/', '/apps', '/nowhere', '/app/'])('GET %s is 404', async (path) => {
    expect((await fetch(`${execution.local.url}${path}`)).status).toBe(404);
  });

  it.each(['/', '/nowhere', '/apps/x/nothing', '/broadcasting/auth'])(
    'GET %s is not found, as Reverb says it',
    async (path) => {
      const response = await fetch(`${execution.local.url}${path}`);

      expect(response.status).toBe(404);
      expect(await response.text()).toBe('Not found.');
    },
  );

  it('another method is told which ones there are', async () => {
    const response = await fetch(`${execution.local.url}/apps/x/events`);

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect(await response.text()).toBe('Method not allowed.');
  });
});

describe('POST /broadcasting/auth', () => {
  const authorize = (headers: Record<string, string>, body: string) =>
    fetch(`${execution.local.url}/broadcasting/auth`, { method: 'POST', headers, body });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it('answers 403 without a token', async () => {
    const response = await authorize(form, 'socket_id=1.2&channel_name=private-commerce.12');

    expect(response.status).toBe(403);
  });

  it('answers a preflight for any allowed origin', async () => {
    const response = await fetch(`${execution.local.url}/broadcasting/auth`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://panel.example', 'Access-Control-Request-Method': 'POST' },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/panel\.example)$/);
    expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
  });
});
