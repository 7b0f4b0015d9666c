import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { echo, type RestApi, type RestOptions, restApi, returns } from './rest-api.ts';

let rest: RestApi;
const start = async (options: RestOptions = {}): Promise<void> => {
  rest = await restApi(options);
};
afterEach(() => rest?.stop());

const event = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
  (await (await rest.fetch(path, init)).json()) as Record<string, unknown>;

describe('an event of payload format 2.0', () => {
  it('has the shape of AWS', async () => {
    await start();
    await rest.route('POST /apps/{appId}/events', echo);

    const received = await event('/apps/a%20b/events?x=1&y=2%2C3&x=4', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Mixed': 'Kept',
        Cookie: 'a=1; b=2',
        'User-Agent': 'Agent/1',
      },
      body: '{"name":"ñ"}',
    });

    expect(received).toEqual({
      version: '2.0',
      routeKey: 'POST /apps/{appId}/events',
      rawPath: '/apps/a b/events',
      rawQueryString: 'x=1&y=2%2C3&x=4',
      cookies: ['a=1', 'b=2'],
      headers: expect.any(Object),
      queryStringParameters: { x: '1,4', y: '2,3' },
      requestContext: {
        accountId: '111111111111',
        apiId: 'http123456',
        domainName: 'http123456.execute-api.us-east-1.amazonaws.com',
        domainPrefix: 'http123456',
        http: {
          method: 'POST',
          path: '/apps/a b/events',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'Agent/1',
        },
        requestId: expect.any(String),
        routeKey: 'POST /apps/{appId}/events',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { appId: 'a b' },
      body: '{"name":"ñ"}',
      isBase64Encoded: false,
    });
    expect(received.headers).toMatchObject({
      host: 'http123456.execute-api.us-east-1.amazonaws.com',
      'x-mixed': 'Kept',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'content-length': '13',
    });
    expect(received.headers).not.toHaveProperty('cookie');
  });

  it('has its path decoded once, slashes included, up to a question mark, and its query as it was sent', async () => {
    await start();
    await rest.route('ANY /apps/{proxy+}', echo);

    expect(await event('/apps/a%2Fb%2520%C3%B1%3Fc/d?x=%20')).toMatchObject({
      rawPath: '/apps/a/b%20ñ',
      rawQueryString: 'x=%20',
      requestContext: { http: { path: '/apps/a/b%20ñ' } },
      pathParameters: { proxy: 'a/b%20ñ' },
    });
    expect((await rest.fetch('/apps/%zz')).status).toBe(400);
  });

  it('has no member for what the request does not have', async () => {
    await start();
    await rest.route('GET /up', echo);

    const received = await event('/up');

    for (const member of ['cookies', 'queryStringParameters', 'pathParameters', 'stageVariables', 'body'])
      expect(received).not.toHaveProperty(member);
    expect(received).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
  });

  it.each([
    ['application/json', 'utf8'],
    ['application/json; charset=utf-8', 'utf8'],
    ['TEXT/plain', 'utf8'],
    ['application/xml', 'utf8'],
    ['application/javascript', 'utf8'],
    ['application/x-www-form-urlencoded', 'base64'],
    ['application/octet-stream', 'base64'],
    ['application/vnd.api+json', 'base64'],
    ['', 'base64'],
  ] as const)('shows a body of type %j as %s', async (type, encoding) => {
    await start();
    await rest.route('POST /', echo);

    const received = await event('/', {
      method: 'POST',
      headers: { 'content-type': type },
      body: Buffer.from('añb'),
    });

    expect(received).toMatchObject({
      body: Buffer.from('añb').toString(encoding),
      isBase64Encoded: encoding === 'base64',
    });
  });

  it('joins repeated headers with commas', async () => {
    await start();
    await rest.route('GET /', echo);

    const body = await new Promise<string>((resolve) =>
      request(`${rest.origin}/`, { headers: { 'X-Two': ['one', 'two'] } }, (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      }).end(),
    );

    expect(JSON.parse(body).headers).toMatchObject({ 'x-two': 'one,two' });
  });

  it('has the variables of its stage, and the name of a named one in its paths', async () => {
    await start({ stage: { name: 'dev', variables: { colour: 'blue' } } });
    await rest.route('GET /up', echo);

    expect(await event('/dev/up')).toMatchObject({
      rawPath: '/dev/up',
      requestContext: { stage: 'dev', http: { path: '/dev/up' } },
      stageVariables: { colour: 'blue' },
    });
    expect((await rest.fetch('/up')).status).toBe(404);
  });
});

describe('the route of a request', () => {
  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/2', 'GET /pets/{proxy+}'],
    ['POST', '/pets/dog/1', 'ANY /pets/dog/{id}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
    ['PUT', '/', '$default'],
  ])('%s %s is %s', async (method, path, routeKey) => {
    await start();
    await rest.route(
      [
        '$default',
        'ANY /{proxy+}',
        'GET /pets/{proxy+}',
        'ANY /pets/dog/{id}',
        'GET /pets/dog/{id}',
        'GET /pets/dog/1',
      ],
      echo,
    );

    expect(await event(path, { method })).toMatchObject({ routeKey });
  });

  it('takes the rest of the path for a greedy variable', async () => {
    await start();
    await rest.route('GET /files/{proxy+}', echo);

    expect(await event('/files/a/b%20c')).toMatchObject({ pathParameters: { proxy: 'a/b c' } });
  });

  it.each([
    ['GET', '/nothing'],
    ['GET', '/up/more'],
    ['GET', '/'],
    ['POST', '/up'],
  ])('that does not exist, %s %s, is answered 404', async (method, path) => {
    await start();
    await rest.route('GET /up', echo);

    const response = await rest.fetch(path, { method });

    expect([response.status, await response.text()]).toEqual([404, '{"message":"Not Found"}']);
  });

  it('of another form is refused by name', async () => {
    await start();

    expect(() => rest.api.addRoute({ id: 'x', routeKey: 'GET up', integrationId: 'x' })).toThrow('"GET up"');
  });

  it('is answered 404 when the default endpoint is disabled, 403 for another host', async () => {
    await start({ definition: { disableExecuteApiEndpoint: true } });
    await rest.route('GET /up', echo);

    expect((await rest.fetch('/up')).status).toBe(404);
    const status = await new Promise((resolve) =>
      request(`${rest.origin}/up`, { headers: { host: 'other.example' } }, (response) =>
        resolve(response.resume().statusCode),
      ).end(),
    );
    expect(status).toBe(403);
  });
});

describe('the answer of a function', () => {
  const answer = async (expression: string) => {
    await start();
    await rest.route('GET /', returns(expression));
    const response = await rest.fetch('/');
    return { status: response.status, headers: response.headers, body: await response.text() };
  };

  it('is taken apart when it has a status code', async () => {
    const { status, headers, body } = await answer(
      '{ statusCode: 201, headers: { "X-One": 1, "Content-Type": "text/html" }, cookies: ["a=1", "b=2"], body: "<p>" }',
    );

    expect({ status, body, one: headers.get('x-one'), type: headers.get('content-type') }).toEqual({
      status: 201,
      body: '<p>',
      one: '1',
      type: 'text/html',
    });
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(headers.get('apigw-requestid')).toMatch(/^[\w-]{15}=$/);
  });

  it('is decoded when it says that it is base64', async () => {
    expect((await answer('{ statusCode: 200, body: "aGk=", isBase64Encoded: true }')).body).toBe('hi');
  });

  it.each([
    ['an object', '{ hello: 1 }', '{"hello":1}'],
    ['text', '"hello"', 'hello'],
    ['nothing', 'undefined', 'null'],
  ])('without a status code is the body of a 200: %s', async (_, expression, expected) => {
    const { status, headers, body } = await answer(expression);

    expect({ status, body, type: headers.get('content-type') }).toEqual({
      status: 200,
      body: expected,
      type: 'application/json',
    });
  });

  it('may have no body', async () => {
    expect(await answer('{ statusCode: 204 }')).toMatchObject({ status: 204, body: '' });
  });

  it.each([
    ['throws', '(() => { throw new Error("no"); })()'],
    ['crashes', 'process.exit(1)'],
    ['returns a status that is none', '{ statusCode: "fine" }'],
    ['returns a body that is no string', '{ statusCode: 200, body: { a: 1 } }'],
    ['returns a header that is none', '{ statusCode: 200, headers: { a: "b\\nc" } }'],
  ])('is 500 when it %s', async (_, expression) => {
    expect(await answer(expression)).toMatchObject({
      status: 500,
      body: '{"message":"Internal Server Error"}',
    });
  });

  it('is 500 without a permission for the route', async () => {
    await start();
    const permission = (sourceArn: string) => ({
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      sourceArn: `arn:aws:execute-api:us-east-1:111111111111:${sourceArn}`,
    });
    await rest.route(['GET /apps/{appId}', 'GET /up'], echo, {
      lambda: { permissions: [permission('http123456/*/*/apps/{appId}')] },
    });

    expect((await rest.fetch('/apps/1')).status).toBe(200);
    expect((await rest.fetch('/up')).status).toBe(500);
    expect(rest.logs).toContainEqual(['iam', expect.stringContaining('http123456/$default/GET/up')]);
  });

  it('is 503 when it comes too late', async () => {
    await start({ limits: { httpIntegrationTimeout: 50 } });
    await rest.route('GET /', 'export const handler = () => new Promise(() => setTimeout(() => {}, 5000));');

    const response = await rest.fetch('/');

    expect([response.status, await response.text()]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('is 503 when the function has no concurrency left', async () => {
    await start();
    await rest.route('GET /', echo, { lambda: { reservedConcurrency: 0 } });

    expect((await rest.fetch('/')).status).toBe(503);
  });
});

describe('a request beyond a limit', () => {
  it('of 10 MB is answered 413', async () => {
    await start();
    await rest.route('POST /', returns('event.body.length'));

    expect((await rest.fetch('/', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) })).status).toBe(
      413,
    );
  });

  it('of 6 MB, what a function takes, is answered 500', async () => {
    await start();
    await rest.route('POST /', returns('event.body.length'));

    expect((await rest.fetch('/', { method: 'POST', body: 'x'.repeat(7_000_000) })).status).toBe(500);
  });

  it('of 10 240 bytes of headers is answered 431', async () => {
    await start();
    await rest.route('GET /', returns('1'));

    expect((await rest.fetch('/', { headers: { 'x-long': 'x'.repeat(9_000) } })).status).toBe(200);
    expect((await rest.fetch('/', { headers: { 'x-long': 'x'.repeat(10_240) } })).status).toBe(431);
  });

  it('of the stage is answered 429', async () => {
    await start({ stage: { defaultThrottle: { rate: 0.001, burst: 1 } } });
    await rest.route('GET /', returns('1'));
    await rest.fetch('/');

    const response = await rest.fetch('/');

    expect([response.status, await response.text()]).toEqual([429, '{"message":"Too Many Requests"}']);
  });

  it('of the account is answered 429', async () => {
    await start({ limits: { accountRate: 0, accountBurst: 1 } });
    await rest.route('GET /', returns('1'));

    expect((await rest.fetch('/')).status).toBe(200);
    expect((await rest.fetch('/')).status).toBe(429);
  });
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://shop.example'],
    allowMethods: ['POST', 'GET'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['x-one'],
    allowCredentials: true,
    maxAgeInSeconds: 60,
  };
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  };

  it('of the API answers preflights without asking a function', async () => {
    await start({ definition: { cors } });
    await rest.route('ANY /{proxy+}', returns('{ statusCode: 500 }'));

    const response = await rest.fetch('/any', preflight);

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-methods': 'POST,GET',
      'access-control-allow-headers': 'authorization',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'x-one',
      'access-control-max-age': '60',
    });
  });

  it.each([
    ['https://*', ['https://a.example', null]],
    ['http://*', [null, 'http://b.example']],
    ['*', ['*', '*']],
  ])('of the API allows the origins of %s', async (allowed, expected) => {
    await start({ definition: { cors: { ...cors, allowOrigins: [allowed], allowCredentials: false } } });
    const allowedOf = async (origin: string) => {
      const { headers } = await rest.fetch('/', { ...preflight, headers: { ...preflight.headers, origin } });
      return headers.get('access-control-allow-origin');
    };

    expect([await allowedOf('https://a.example'), await allowedOf('http://b.example')]).toEqual(expected);
  });

  it('of the API overwrites what the function says, for origins it does not allow as well', async () => {
    await start({ definition: { cors } });
    await rest.route(
      'GET /',
      returns('{ statusCode: 200, headers: { "Access-Control-Allow-Origin": "*" } }'),
    );

    const allowed = await rest.fetch('/', { headers: { origin: 'https://shop.example' } });
    const foreign = await rest.fetch('/', { headers: { origin: 'https://other.example' } });

    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is left to the function without a configuration', async () => {
    await start();
    await rest.route(
      'OPTIONS /',
      returns('{ statusCode: 204, headers: { "Access-Control-Allow-Origin": "*" } }'),
    );

    const response = await rest.fetch('/', preflight);

    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('the access log of an HTTP API', () => {
  it('has a line for every request, without its query string', async () => {
    await start({
      stage: {
        accessLogFormat:
          '$context.httpMethod $context.path $context.routeKey $context.status $context.responseLength',
      },
    });
    await rest.route('GET /up', returns('{ statusCode: 200, body: "four" }'));

    await rest.fetch('/up?secret=1');
    await rest.fetch('/down');

    expect(rest.logs).toEqual([
      ['http', 'GET /up GET /up 200 4'],
      ['http', 'GET /down - 404 23'],
    ]);
  });
});
