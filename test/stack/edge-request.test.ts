import { readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';

const source = readFileSync('lib/edge-request.js', 'utf8');

interface Value {
  value: string;
  multiValue?: { value: string }[];
}
interface ViewerRequest {
  method: string;
  uri: string;
  querystring: Record<string, Value>;
  headers: Record<string, Value>;
  cookies: Record<string, Value>;
}
type Answer = ViewerRequest | { statusCode: number; statusDescription?: string };

/** Runs the function as CloudFront does: a script that defines a global `handler`. */
function ask(uri: string, querystring: Record<string, Value> = {}): Answer {
  const headers = { 'sec-websocket-key': { value: 'dGhlIHNhbXBsZSBub25jZQ==' } };
  const event = {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '198.51.100.1' },
    request: { method: 'GET', uri, querystring, headers, cookies: {} },
  };
  const answer: Answer = new Script(`${source}\nhandler(event);`).runInNewContext({ event });
  return structuredClone(answer);
}

describe('the viewer-request function', () => {
  it('turns the path of a Pusher client into the root and a query parameter', () => {
    const query = { protocol: { value: '7' }, client: { value: 'js' }, version: { value: '8.4.0' } };
    expect(ask('/app/key-1', query)).toEqual({
      method: 'GET',
      uri: '/',
      querystring: { ...query, appKey: { value: 'key-1' } },
      headers: { 'sec-websocket-key': { value: 'dGhlIHNhbXBsZSBub25jZQ==' } },
      cookies: {},
    });
  });

  it('takes a slash at the end', () => {
    expect(ask('/app/key-1/')).toMatchObject({ uri: '/', querystring: { appKey: { value: 'key-1' } } });
  });

  it('leaves a key encoded as it came: query strings are encoded the same way', () => {
    expect(ask('/app/a%20b%2Fc')).toMatchObject({ querystring: { appKey: { value: 'a%20b%2Fc' } } });
  });

  it('lets nothing of the key become another parameter', () => {
    expect(ask('/app/k&token=forged')).toMatchObject({
      querystring: { appKey: { value: 'k%26token%3Dforged' } },
    });
  });

  it('drops the key that a client put into the query itself', () => {
    const forged = { appKey: { value: 'one', multiValue: [{ value: 'one' }, { value: 'two' }] } };
    expect(ask('/app/key-1', forged)).toMatchObject({ querystring: { appKey: { value: 'key-1' } } });
    expect(ask('/app/key-1', forged)).not.toHaveProperty('querystring.appKey.multiValue');
  });

  it('drops it in any spelling that decodes to the same name', () => {
    expect(ask('/app/key-1', { 'app%4Bey': { value: 'one' } })).toMatchObject({
      querystring: { appKey: { value: 'key-1' } },
    });
    expect(ask('/app/key-1', { 'app%4Bey': { value: 'one' } })).not.toHaveProperty([
      'querystring',
      'app%4Bey',
    ]);
  });

  it('takes a name that does not decode for what it is', () => {
    expect(ask('/app/key-1', { '%zz': { value: '1' } })).toMatchObject({
      querystring: { '%zz': { value: '1' } },
    });
  });

  it.each(['/app/', '/app', '/app//', '/app/key/more', '/app/key//', '/apps/key', '/'])(
    'answers 404 to %s',
    (uri) => {
      expect(ask(uri)).toEqual({ statusCode: 404, statusDescription: 'Not Found' });
    },
  );

  it('is small enough for CloudFront', () => {
    expect(Buffer.byteLength(source)).toBeLessThan(10 * 1024);
  });
});
