import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  refusalOfRequest,
  type SignedRequest,
  unknownApp,
} from '../../../lambdas/protocol/request-signature.ts';
import vector from '../../vectors/request-signature.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

const { key: appKey, secret, timestamp: now } = vector;
const documented: SignedRequest = { ...vector, body: Buffer.from(vector.body) };
const trusted = { appKey, secrets: [secret], now };

/** Signed as the SDKs do it, in the order in which the parameters come. */
function signed(parameters: Record<string, string>, request: Partial<SignedRequest> = {}): SignedRequest {
  const { method = 'POST', path = '/apps/3/events', body = Buffer.from('{}') } = request;
  const all: Record<string, string> = {
    auth_key: appKey,
    auth_timestamp: String(now),
    auth_version: '1.0',
    ...parameters,
  };
  const withBody =
    body.length === 0 ? all : { ...all, body_md5: createHash('md5').update(body).digest('hex') };
  const text = Object.entries(withBody)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  const signature = createHmac('sha256', secret).update(`${method}\n${path}\n${text}`).digest('hex');
  const query = new URLSearchParams({ ...withBody, auth_signature: signature }).toString();
  return { method, path, query, body };
}

const refused = (request: SignedRequest, changes: Partial<typeof trusted> = {}) =>
  refusalOfRequest(request, { ...trusted, ...changes });

describe('the signature of a request', () => {
  it('is the one of Pusher’s documentation', () => {
    expect(refused(documented)).toBeUndefined();
  });

  it('does not depend on the order of the parameters, and is made of their decoded values', () => {
    expect(refused(signed({ z: 'a b+c/ñ&=%', a: '' }))).toBeUndefined();
    expect(
      refused({ ...documented, query: documented.query.split('&').reverse().join('&') }),
    ).toBeUndefined();
  });

  it('needs no digest of an empty body', () => {
    expect(refused(signed({}, { method: 'GET', body: new Uint8Array() }))).toBeUndefined();
  });

  it('joins the values of a repeated parameter with a comma', () => {
    const request = signed({ info: 'a,b' });
    expect(
      refused({ ...request, query: request.query.replace('info=a%2Cb', 'info=a&info=b') }),
    ).toBeUndefined();
  });

  it.each(['info=a%2Cb', 'filter_by_prefix=presence-&info=user_count%2Ccache', 'filter_by_prefix=%23'])(
    'of a GET covers what it asks for: %s',
    (asked) => {
      const request = signed(Object.fromEntries(new URLSearchParams(asked)), {
        method: 'GET',
        path: '/apps/3/channels',
        body: new Uint8Array(),
      });
      expect(refused(request)).toBeUndefined();
      expect(refused({ ...request, query: request.query.replace('=', '=x') })).toMatchObject({ status: 401 });
      expect(refused({ ...request, query: `${request.query}&info=more` })).toMatchObject({ status: 401 });
    },
  );

  it('takes a list, as PHP writes one into a query, for its values with commas between them', () => {
    const request = signed({ info: 'a,b' });
    for (const list of ['info%5B0%5D=a&info%5B1%5D=b', 'info[]=a&info[]=b']) {
      expect(refused({ ...request, query: request.query.replace('info=a%2Cb', list) })).toBeUndefined();
    }
  });

  it.each([
    ['decoded, as the SDKs sign it', '/apps/3/users/a b/@ñ%#?/terminate_connections'],
    ['encoded throughout', '/apps/3/users/a%20b%2F%40%C3%B1%25%23%3F/terminate_connections'],
    ['encoded where it must be', '/apps/3/users/a%20b/@%C3%B1%25%23%3F/terminate_connections'],
  ])('is made over the path, %s', (_, path) => {
    const asHandedOn = { path: '/apps/3/users/a b/@ñ%#?/terminate_connections' };
    expect(refused({ ...signed({}, { path }), ...asHandedOn })).toBeUndefined();
    expect(refused({ ...signed({}, { path: `${path}x` }), ...asHandedOn })).toMatchObject({ status: 401 });
  });

  it('of a GET is made over the name of a channel, encoded or not', () => {
    const asHandedOn = { path: '/apps/3/channels/#a@b=c/users' };
    for (const name of ['#a@b=c', '%23a%40b%3Dc', '%23a@b=c']) {
      const request = signed(
        {},
        { method: 'GET', path: `/apps/3/channels/${name}/users`, body: new Uint8Array() },
      );
      expect(refused({ ...request, ...asHandedOn })).toBeUndefined();
    }
  });

  it('is made over the bytes of the body, UTF-8 or not', () => {
    expect(refused(signed({}, { body: Uint8Array.of(0xff, 0xfe, 0x00) }))).toBeUndefined();
  });

  it('is accepted when made with any of the secrets', () => {
    expect(refused(documented, { secrets: ['newer', secret] })).toBeUndefined();
  });

  const change = (from: string, to: string): SignedRequest => ({
    ...documented,
    query: documented.query.replace(from, to),
  });
  it.each<[string, SignedRequest, 'signature' | 'key']>([
    ['another method', { ...documented, method: 'PUT' }, 'signature'],
    ['another path', { ...documented, path: '/apps/4/events' }, 'signature'],
    ['another body', { ...documented, body: Buffer.from('{}') }, 'signature'],
    ['no body', { ...documented, body: new Uint8Array() }, 'signature'],
    ['one more parameter', change('auth_version', 'x=1&auth_version'), 'signature'],
    ['a parameter less', change('&auth_version=1.0', ''), 'signature'],
    ['another time', change('1353088179', '1353088180'), 'signature'],
    ['no signature', change('auth_signature', 'signature'), 'signature'],
    [
      'an empty signature',
      change(/auth_signature=.*/.exec(documented.query)?.[0] ?? '', 'auth_signature='),
      'signature',
    ],
    ['two signatures', change('auth_signature=', 'auth_signature=x&auth_signature='), 'signature'],
    ['another key', change('278d425bdf160c739803', 'other'), 'key'],
    ['no key', change('auth_key=278d425bdf160c739803&', ''), 'key'],
    ['no query', { ...documented, query: '' }, 'key'],
    ['a query that cannot be decoded', { ...documented, query: '%&%zz=%&=' }, 'key'],
  ])('is refused with Reverb’s words when there is %s', (_, request, reason) => {
    expect(refused(request)).toEqual({
      reason,
      status: 401,
      text: 'Authentication signature invalid.',
      detail: expect.stringContaining(`auth_${reason}`),
    });
  });

  it('is refused when made with another secret', () => {
    expect(refused(documented, { secrets: ['guessed'] })).toMatchObject({ status: 401 });
    expect(refused(documented, { secrets: [] })).toMatchObject({ status: 401 });
  });

  it.each([600, 599.5, 0, -600])('holds %d seconds after it was made', (age) => {
    expect(refused(documented, { now: now + age })).toBeUndefined();
  });

  it.each([601, 600.001, -601, 1e9])('does not hold %d seconds after it was made', (age) => {
    expect(refused(documented, { now: now + age })).toMatchObject({
      reason: 'time',
      status: 401,
      detail: expect.stringMatching(/clock/),
    });
  });

  it.each(['', 'now', '-1', '1e9', '0x10', `${now}.5`, ` ${now}`, '9'.repeat(400), 'NaN'])(
    'does not hold at the time %j',
    (auth_timestamp) => expect(refused(signed({ auth_timestamp }))).toMatchObject({ status: 401 }),
  );

  it('tells nobody without the secret that only the time was wrong', () => {
    const request = change('auth_signature=d', 'auth_signature=e');
    expect(refused(request, { now: now + 1000 })?.detail).toMatch(/auth_signature/);
  });

  it('does not throw, whatever query and path', () => {
    fc.assert(
      fc.property(anyText, (query) => {
        expect(refused({ ...documented, query })).toMatchObject({ status: 401 });
        expect(refused({ ...documented, query: `auth_key=${appKey}&${query}` })).toMatchObject({
          status: 401,
        });
        expect(refused({ ...documented, path: `/${query}` })).toMatchObject({ status: 401 });
      }),
    );
  });

  it('of another app is not even looked at', () => {
    expect(unknownApp('another')).toMatchObject({
      status: 404,
      text: 'No matching application for ID [another].',
    });
  });
});
