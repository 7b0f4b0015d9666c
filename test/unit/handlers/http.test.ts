import '../../setup/as-a-function.ts';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { channelAuthHandler } from '../../../lambdas/handlers/channel-auth.ts';
import { restHandler } from '../../../lambdas/handlers/rest.ts';
import type { RestRequest } from '../../../lambdas/use-cases/answer-rest-request.ts';
import type { AuthRequest } from '../../../lambdas/use-cases/auth-endpoint.ts';

const answer = { status: 422, headers: { 'content-type': 'application/json' }, body: '{"name":["x"]}' };

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** The parts of a payload 2.0 event that are looked at. */
function eventOf(request: Request): APIGatewayProxyEventV2 {
  const { method = 'POST', path = '/', query = '', headers = {}, isBase64Encoded = false } = request;
  const { body } = request;
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: query,
    headers,
    isBase64Encoded,
    requestContext: { http: { method, path } } as APIGatewayProxyEventV2['requestContext'],
    ...(body !== undefined && { body }),
  };
}

describe('the HTTP API', () => {
  const answering = () => {
    const seen: RestRequest[] = [];
    const handle = restHandler(async (request) => {
      seen.push(request);
      return answer;
    });
    return { seen, handle };
  };

  it('hands on the request as it was signed, and answers as it is told', async () => {
    const { handle, seen } = answering();
    const result = await handle(
      eventOf({
        path: '/apps/app/events',
        query: 'auth_key=key&a=%20b&a=c',
        body: '{"name":"señal"}',
      }),
    );
    expect(seen).toEqual([
      {
        method: 'POST',
        path: '/apps/app/events',
        query: 'auth_key=key&a=%20b&a=c',
        body: Buffer.from('{"name":"señal"}'),
      },
    ]);
    expect(result).toEqual({
      statusCode: 422,
      headers: { 'content-type': 'application/json' },
      body: '{"name":["x"]}',
    });
  });

  it('takes the path as decoded: API Gateway has done that', async () => {
    const { handle, seen } = answering();
    await handle(eventOf({ path: '/apps/app/users/50%25 a/b/terminate_connections' }));
    expect(seen[0]?.path).toBe('/apps/app/users/50%25 a/b/terminate_connections');
  });

  it('decodes a body that API Gateway has encoded, byte by byte', async () => {
    const { handle, seen } = answering();
    const bytes = Buffer.from([0, 255, 254, 10]);
    await handle(
      eventOf({ path: '/apps/app/events', body: bytes.toString('base64'), isBase64Encoded: true }),
    );
    expect(seen[0]?.body).toEqual(bytes);
  });

  it('takes a missing body for an empty one', async () => {
    const { handle, seen } = answering();
    await handle(eventOf({ path: '/apps/app/events' }));
    expect(seen[0]?.body).toEqual(Buffer.alloc(0));
  });

  it('hands on what CORS is about', async () => {
    const { handle, seen } = answering();
    const headers = { origin: 'https://shop.example', 'access-control-request-headers': 'idempotency-key' };
    await handle(eventOf({ method: 'OPTIONS', path: '/apps/app/events', headers }));
    expect(seen).toMatchObject([
      { method: 'OPTIONS', origin: 'https://shop.example', requestedHeaders: 'idempotency-key' },
    ]);
  });

  it.each<[Record<string, string>, string | undefined]>([
    [{ 'idempotency-key': 'order-7' }, 'order-7'],
    [{ 'x-idempotency-key': 'order-8' }, 'order-8'],
    [{ 'idempotency-key': 'order-7', 'x-idempotency-key': 'order-8' }, 'order-7'],
    [{ 'idempotency-key': '' }, undefined],
    [{}, undefined],
  ])('finds in %j the key %s', async (headers, idempotencyKey) => {
    const { handle, seen } = answering();
    await handle(eventOf({ path: '/apps/app/events', headers }));
    expect(seen[0]?.idempotencyKey).toBe(idempotencyKey);
  });
});

describe('channel authorization', () => {
  const authorizing = () => {
    const seen: AuthRequest[] = [];
    const users: AuthRequest[] = [];
    const record = (requests: AuthRequest[]) => async (request: AuthRequest) => {
      requests.push(request);
      return answer;
    };
    const handle = channelAuthHandler({ authorizeChannel: record(seen), authorizeUser: record(users) });
    return { seen, users, handle };
  };

  it('hands on what the browser has sent', async () => {
    const { handle, seen } = authorizing();
    const form = 'socket_id=1.2&channel_name=private-commerce.12';
    const result = await handle(
      eventOf({
        path: '/broadcasting/auth',
        headers: {
          origin: 'https://shop.example',
          authorization: 'Bearer ey',
          'content-type': 'application/x-www-form-urlencoded',
          cookie: 'session=1',
        },
        body: Buffer.from(form).toString('base64'),
        isBase64Encoded: true,
      }),
    );
    expect(seen).toEqual([
      {
        method: 'POST',
        origin: 'https://shop.example',
        authorization: 'Bearer ey',
        contentType: 'application/x-www-form-urlencoded',
        body: Buffer.from(form),
      },
    ]);
    expect(result).toMatchObject({ statusCode: 422, body: '{"name":["x"]}' });
  });

  it('tells users from channels by the path', async () => {
    const { handle, seen, users } = authorizing();
    await handle(eventOf({ path: '/broadcasting/user-auth', body: 'socket_id=1.2' }));
    await handle(eventOf({ path: '/broadcasting/auth', body: 'socket_id=1.2&channel_name=private-a' }));
    expect([users, seen].map((requests) => requests.map(({ body }) => body.toString()))).toEqual([
      ['socket_id=1.2'],
      ['socket_id=1.2&channel_name=private-a'],
    ]);
  });

  it('hands on a preflight', async () => {
    const { handle, seen } = authorizing();
    const headers = { origin: 'https://shop.example', 'access-control-request-headers': 'authorization' };
    await handle(eventOf({ method: 'OPTIONS', path: '/broadcasting/auth', headers }));
    expect(seen).toEqual([
      {
        method: 'OPTIONS',
        origin: 'https://shop.example',
        requestedHeaders: 'authorization',
        body: Buffer.alloc(0),
      },
    ]);
  });
});
