import { afterEach, describe, expect, it } from 'vitest';
import { compilePathPattern } from '../../../local/runtime/edge/path-pattern.ts';
import { ALL_VIEWER, type ShopEdge, type ShopOptions, shopEdge } from './shop-edge.ts';

let edge: ShopEdge;
const start = async (options: ShopOptions = {}): Promise<void> => {
  edge = await shopEdge(options);
};
afterEach(() => edge?.stop());

describe('a path pattern', () => {
  it.each([
    ['/app/*', '/app/key', true],
    ['/app/*', '/app/key/more', true],
    ['/app/*', '/app/', true],
    ['/app/*', '/app', false],
    ['/app/*', '/apps/1', false],
    ['app/*', '/app/key', true],
    ['/up', '/up', true],
    ['/up', '/up/', false],
    ['/u?', '/up', true],
    ['/u?', '/upp', false],
    ['/App/*', '/app/key', false],
    ['*.js', '/deep/file.js', true],
    ['*.js', '/filexjs', false],
    ['/app/*', '/other/../app/key', true],
    ['/app/*', '/%61pp/key', true],
    ['*', '/', true],
  ])('%s on %s: %s', (pattern, path, matches) => {
    expect(compilePathPattern(pattern)(path)).toBe(matches);
  });
});

describe('the distribution', () => {
  it('is known by the name that the template sees', async () => {
    await start();

    expect([...edge.addresses].find(([host]) => host.endsWith('.cloudfront.net'))).toEqual([
      expect.stringMatching(/^d[a-z0-9]{13}\.cloudfront\.net$/),
      edge.origin,
    ]);
    expect(edge.origin).toMatch(/^http:\/\/localhost:\d+$/);
  });

  it('asks the site first', async () => {
    await start({
      site: (request, response) => {
        if (request.url !== '/') return false;
        response.end('the demo');
        return true;
      },
    });

    expect(await (await edge.fetch('/')).text()).toBe('the demo');
    expect((await edge.event('/other')).rawPath).toBe('/other');
  });

  it('sends to the origin of the behaviour that matches first, and to the default one otherwise', async () => {
    await start();

    expect((await edge.event('/edited/a')).rawPath).toBe('/edited/a');
    expect((await edge.event('/anything?a=1&b=%20')).rawQueryString).toBe('a=1&b=%20');
    expect((await edge.fetch('/app/key')).status).toBe(403);
  });

  it('refuses methods that the behaviour does not allow with 403', async () => {
    await start();

    expect((await edge.fetch('/read/a', { method: 'POST' })).status).toBe(403);
    expect((await edge.fetch('/read/a')).status).toBe(200);
  });

  it('hands on bodies, methods and answers', async () => {
    await start({
      http: `export const handler = async (event) => ({ statusCode: 418, cookies: ['a=1', 'b=2'],
      headers: { 'X-Method': event.requestContext.http.method }, body: event.body });`,
    });

    const response = await edge.fetch('/any', {
      method: 'PATCH',
      headers: { 'content-type': 'text/plain' },
      body: 'x'.repeat(100_000),
    });

    expect(response.status).toBe(418);
    expect(response.headers.get('x-method')).toBe('PATCH');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-cache')).toBe('Error from cloudfront');
    expect(await response.text()).toBe('x'.repeat(100_000));
  });

  it('hands on a body whose length nobody knows', async () => {
    await start();

    const received = await edge.raw(
      'POST /any HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n' +
        'Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
    );

    expect(received).toContain('"body":"abcde"');
  });
});

describe('what an origin sees', () => {
  it('is the viewer, with the hop taken away and CloudFront added', async () => {
    await start();

    const { headers, cookies } = await edge.event('/any', {
      headers: {
        Authorization: 'Bearer x',
        Cookie: 'a=1',
        'User-Agent': 'Agent/1',
        'X-Forwarded-For': '10.0.0.1',
        'X-Forwarded-Proto': 'gopher',
        'X-Real-IP': '10.0.0.2',
        TE: 'trailers',
        'X-Own': 'kept',
      },
    });

    expect(headers).toMatchObject({
      authorization: 'Bearer x',
      'user-agent': 'Agent/1',
      'x-own': 'kept',
      'x-forwarded-for': '10.0.0.1, 127.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
      host: 'http123456.execute-api.us-east-1.amazonaws.com',
      via: expect.stringContaining('CloudFront'),
      'x-amz-cf-id': expect.any(String),
    });
    expect(headers).not.toHaveProperty('x-real-ip');
    expect(headers).not.toHaveProperty('te');
    expect(cookies).toEqual(['a=1']);
  });

  it('are the custom headers of the origin, whatever the viewer sends under their names', async () => {
    await start({
      origin: { OriginCustomHeaders: [{ HeaderName: 'x-api-key', HeaderValue: 'of the edge' }] },
    });

    const { headers } = await edge.event('/any', { headers: { 'X-API-Key': 'forged' } });

    expect(headers['x-api-key']).toBe('of the edge');
  });

  it('is little without an origin request policy', async () => {
    await start({ behavior: { OriginRequestPolicyId: undefined } });

    const { headers, rawQueryString, cookies } = await edge.event('/read/a?b=1', {
      headers: { Authorization: 'Bearer x', Cookie: 'a=1', 'User-Agent': 'Agent/1' },
    });

    expect(headers).not.toHaveProperty('authorization');
    expect(headers['user-agent']).toBe('Amazon CloudFront');
    expect(rawQueryString).toBe('');
    expect(cookies).toBeUndefined();
  });

  it('is a foreign host with Managed-AllViewer, which API Gateway answers with 403', async () => {
    await start({ behavior: { OriginRequestPolicyId: ALL_VIEWER } });

    expect((await edge.fetch('/read/a')).status).toBe(403);
  });
});

describe('a request that fails at the edge', () => {
  it('because its URL is too long is answered 414', async () => {
    await start();

    expect((await edge.fetch(`/any?${'a'.repeat(8192)}`)).status).toBe(414);
  });

  it('because it is longer than 20 480 bytes is answered 413', async () => {
    await start();

    expect((await edge.fetch('/any', { headers: { 'x-long': 'x'.repeat(20_480) } })).status).toBe(413);
  });

  it('because the origin takes too long is answered 504', async () => {
    await start({
      origin: { CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginReadTimeout: 1 } },
      http: 'export const handler = () => new Promise(() => setTimeout(() => {}, 5000));',
    });

    expect((await edge.fetch('/any')).status).toBe(504);
  });
});

describe('a distribution is accepted', () => {
  it.each([
    ['the methods OPTIONS, HEAD, GET', { behavior: { AllowedMethods: ['OPTIONS', 'HEAD', 'GET'] } }],
    ['a path of several parts', { origin: { OriginPath: '/a/b' } }],
    [
      'the custom header Authorization',
      { origin: { OriginCustomHeaders: [{ HeaderName: 'Authorization', HeaderValue: 'x' }] } },
    ],
  ])('with %s', async (_, options) => {
    await expect(start(options)).resolves.toBeUndefined();
  });
});

describe('a distribution is refused by name', () => {
  it.each([
    [
      'another cache policy',
      { behavior: { CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6' } },
      '658327ea',
    ],
    ['another origin request policy', { behavior: { OriginRequestPolicyId: 'abc' } }, 'abc'],
    ['an origin that is not there', { behavior: { TargetOriginId: 'nowhere' } }, 'nowhere'],
    ['a host that is none of its own', { origin: { DomainName: 'shop.example' } }, 'shop.example'],
    [
      'an origin without TLS',
      { origin: { CustomOriginConfig: { OriginProtocolPolicy: 'http-only' } } },
      'http-only',
    ],
    [
      'a function that is not there',
      { behavior: { FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'arn:x' }] } },
      'arn:x',
    ],
    [
      'another event',
      { behavior: { FunctionAssociations: [{ EventType: 'viewer-response', FunctionARN: 'arn:x' }] } },
      'FunctionAssociations',
    ],
    ['being out of service', { config: { Enabled: false } }, 'Enabled'],
  ])('for %s', async (_, options, words) => {
    await expect(start(options)).rejects.toThrow(words);
  });

  it.each(['Cookie', 'HOST', 'connection', 'X-Amz-Meta', 'x-edge-location', 'X-Real-Ip', 'Via'])(
    'for the custom header %s',
    async (HeaderName) => {
      const origin = { OriginCustomHeaders: [{ HeaderName, HeaderValue: 'x' }] };

      await expect(start({ origin })).rejects.toThrow(
        `the HeaderName "${HeaderName}" is one that CloudFront does not add`,
      );
    },
  );

  it.each(['dev', '/dev/', '/'])('for the origin path %s', async (OriginPath) => {
    await expect(start({ origin: { OriginPath } })).rejects.toThrow(`the OriginPath is "${OriginPath}"`);
  });

  it.each(['GET', 'GET HEAD POST', 'GET HEAD OPTIONS PUT PATCH POST'])(
    'for the methods %s',
    async (methods) => {
      await expect(start({ behavior: { AllowedMethods: methods.split(' ') } })).rejects.toThrow(
        'the AllowedMethods of /read/* are GET',
      );
    },
  );
});
