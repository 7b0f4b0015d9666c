import { afterEach, describe, expect, it } from 'vitest';
import { compileEdgeFunction } from '../../../local/runtime/edge/compile-edge-function.ts';
import type { EdgeFunctionEvent } from '../../../local/runtime/edge-functions.ts';
import { type ShopEdge, type ShopOptions, shopEdge } from './shop-edge.ts';

let edge: ShopEdge;
const start = async (code: string, options: ShopOptions = {}): Promise<void> => {
  edge = await shopEdge({ code, ...options });
};
afterEach(() => edge?.stop());

/** A handler that changes the request so. */
const edits = (statements: string): string =>
  `function handler(event) { var request = event.request; ${statements}; return request; }`;

describe('the event of a viewer-request function', () => {
  it('has the shape of CloudFront', async () => {
    await start(`function handler(event) {
      return { statusCode: 200, body: JSON.stringify({ event: event, raw: event.request.rawQueryString() }) };
    }`);

    const response = await edge.fetch('/edited/a%20b?x=1&y=%26&x=2&flag', {
      headers: { 'X-One': 'a', Cookie: 'c=1; d=2', 'X-Amzn-Trace-Id': 'hidden', 'X-Real-IP': 'hidden' },
    });
    const { event, raw } = (await response.json()) as { event: EdgeFunctionEvent; raw: string };

    expect(event).toEqual({
      version: '1.0',
      context: {
        distributionDomainName: expect.stringMatching(/\.cloudfront\.net$/),
        distributionId: expect.stringMatching(/^E[0-9A-Z]{13}$/),
        eventType: 'viewer-request',
        requestId: expect.any(String),
      },
      viewer: { ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) },
      request: {
        method: 'GET',
        uri: '/edited/a%20b',
        querystring: {
          x: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] },
          y: { value: '%26' },
          flag: { value: '' },
        },
        headers: expect.objectContaining({
          'x-one': { value: 'a' },
          host: { value: expect.stringMatching(/\.cloudfront\.net$/) },
        }),
        cookies: { c: { value: '1' }, d: { value: '2' } },
      },
    });
    expect(raw).toBe('x=1&y=%26&x=2&flag');
    for (const hidden of ['connection', 'cookie', 'x-amzn-trace-id', 'x-real-ip'])
      expect(event.request.headers).not.toHaveProperty(hidden);
  });
});

describe('a request that a function has changed', () => {
  it.each([
    ['nothing', '', '/edited/a', 'x=1&y=2&x=3&flag'],
    ['the uri', "request.uri = '/other'", '/other', 'x=1&y=2&x=3&flag'],
    ['the query as a string', "request.querystring = 'b=2&a=1'", '/edited/a', 'b=2&a=1'],
    ['the query as an empty string', "request.querystring = ''", '/edited/a', ''],
    ['a parameter', "request.querystring.z = { value: '%2F' }", '/edited/a', 'x=1&x=3&y=2&flag=&z=%2F'],
    ['one away', 'delete request.querystring.x', '/edited/a', 'y=2&flag='],
    ['all away', 'request.querystring = {}', '/edited/a', ''],
    ['several values to one', "request.querystring.x = { value: '9' }", '/edited/a', 'x=9&y=2&flag='],
    ['only the value of several', "request.querystring.x.value = '9'", '/edited/a', 'x=9&y=2&flag='],
    [
      'one of several values',
      "request.querystring.x.multiValue[1].value = '9'",
      '/edited/a',
      'x=1&x=9&y=2&flag=',
    ],
  ])('in %s reaches the origin so', async (_, statements, rawPath, rawQueryString) => {
    await start(edits(statements));

    expect(await edge.event('/edited/a?x=1&y=2&x=3&flag')).toMatchObject({ rawPath, rawQueryString });
  });

  it('in its headers and cookies reaches the origin so', async () => {
    await start(
      edits(
        `request.headers['x-added'] = { value: 'yes' }; delete request.headers['x-gone']; request.cookies.e = { value: '3' }`,
      ),
    );

    const { headers, cookies } = await edge.event('/edited/a', {
      headers: { 'X-Gone': 'x', 'X-Kept': 'y', Cookie: 'c=1', 'content-type': 'text/plain' },
      method: 'POST',
      body: 'body',
    });

    expect(headers).toMatchObject({ 'x-added': 'yes', 'x-kept': 'y', 'content-type': 'text/plain' });
    expect(headers).not.toHaveProperty('x-gone');
    expect(cookies).toEqual(['c=1', 'e=3']);
  });

  it('by an async handler reaches the origin as well', async () => {
    await start(
      "async function handler(event) { await null; event.request.uri = '/later'; return event.request; }",
    );

    expect((await edge.event('/edited/a')).rawPath).toBe('/later');
  });
});

describe('an answer of a function', () => {
  it('goes to the viewer, and no origin is asked', async () => {
    await start(`function handler() { return { statusCode: 302, statusDescription: 'Found',
      headers: { location: { value: '/there' } }, cookies: { a: { value: '1' } },
      body: { data: 'aGk=', encoding: 'base64' } }; }`);

    const response = await edge.fetch('/edited/a', { redirect: 'manual' });

    expect([response.status, response.statusText, response.headers.get('location')]).toEqual([
      302,
      'Found',
      '/there',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=1']);
    expect(await response.text()).toBe('hi');
  });
});

describe('a function that fails', () => {
  it.each([
    ['throws', 'function handler() { throw new TypeError("no"); }', 'no'],
    ['rejects', 'async function handler() { throw new TypeError("no"); }', 'no'],
    ['never ends', 'function handler() { for (;;); }', 'timed out'],
    ['waits for ever', 'function handler() { return new Promise(() => {}); }', 'never comes'],
    ['wants what Node.js has', 'function handler() { return require("fs"); }', 'require is not defined'],
    ['wants the process', 'function handler() { return process.env; }', 'process is not defined'],
    ['wants timers', 'function handler() { setTimeout(() => {}, 1); }', 'setTimeout is not defined'],
    ['wants the network', 'function handler() { return fetch("http://localhost"); }', 'fetch is not defined'],
    ['evaluates text', 'function handler() { return eval("1"); }', 'Code generation from strings disallowed'],
    [
      'escapes through a constructor',
      'function handler(event) { return event.constructor.constructor("return process")(); }',
      'disallowed',
    ],
  ])('because it %s is answered 503, and the log says why', async (_, code, words) => {
    await start(code);

    expect((await edge.fetch('/edited/a')).status).toBe(503);
    expect(edge.logs).toContainEqual(['request', expect.stringContaining(words)]);
  });

  it.each([
    ['returns nothing', 'function handler() {}', 'neither'],
    [
      'sets a header that it may not see',
      edits("request.headers['x-amz-cf-id'] = { value: '1' }"),
      'x-amz-cf-id',
    ],
    ['sets Connection', edits("request.headers.connection = { value: 'close' }"), 'connection'],
    ['changes Host', edits("request.headers.host = { value: 'other' }"), 'host'],
    ['takes Host away', edits('delete request.headers.host'), 'host'],
    ['sets a header in capitals', edits("request.headers['X-One'] = { value: '1' }"), 'X-One'],
    ['sets a value that is no string', edits('request.headers.one = { value: 1 }'), 'one'],
    ['changes the method', edits("request.method = 'PUT'"), 'method'],
    ['sets a path without a slash', edits("request.uri = 'x'"), 'slash'],
    ['sets a path with a space', edits("request.uri = '/a b'"), 'characters'],
    ['sets a path with a fragment', edits("request.uri = '/a#b'"), 'characters'],
    ['sets a URL that is too long', edits("request.uri = '/' + 'a'.repeat(8191)"), 'too long'],
    ['answers with no status', 'function handler() { return { statusCode: "fine" }; }', 'statusCode'],
  ])('because it %s is answered 502, and the log says why', async (_, code, words) => {
    await start(code);

    expect((await edge.fetch('/edited/a')).status).toBe(502);
    expect(edge.logs).toContainEqual(['request', expect.stringContaining(words)]);
  });

  it('because it sets a header that no request can have is answered 502, and the edge goes on', async () => {
    await start(edits("if (request.uri === '/edited/a') request.headers.one = { value: 'a\\nb' }"));

    expect((await edge.fetch('/edited/a')).status).toBe(502);
    expect((await edge.fetch('/edited/b')).status).toBe(200);
  });

  it('is refused at the start when its code does not load', () => {
    const log = () => undefined;

    expect(() => compileEdgeFunction('broken', 'function handler( {', log)).toThrow(/broken.*SyntaxError/);
    expect(() => compileEdgeFunction('modern', "import cf from 'cloudfront';", log)).toThrow(
      /modern.*import/,
    );
    expect(() => compileEdgeFunction('nameless', 'function other() {}', log)).toThrow(/nameless.*handler/);
  });
});

describe('what a function logs', () => {
  it('comes out under its name', async () => {
    await start(edits("console.log('path', request.uri)"));

    await edge.fetch('/edited/a');

    expect(edge.logs).toContainEqual(['request', 'path /edited/a']);
  });
});
