import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChatApi, type ChatOptions, chatApi, tells } from './chat-api.ts';

let chat: ChatApi;
const start = async (options: ChatOptions = {}): Promise<ChatApi> => {
  chat = await chatApi(options);
  return chat;
};
afterEach(async () => {
  vi.useRealTimers();
  await chat?.stop();
});

const id = expect.stringMatching(/^[\w-]{15}=$/);

describe('the path of a handshake', () => {
  it.each(['/dev', '/dev/', '/dev?a=1', '/dev/?a=1'])('may be %s', async (path) => {
    await start();

    const client = await chat.dial({ path });

    expect(client.response.statusCode).toBe(101);
  });

  it.each(['/', '/other', '/dev/more', '/dev//'])('may not be %s: 403', async (path) => {
    await start();

    expect(await chat.refusal({ path })).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
  });

  it('is longer than a URL may be: 414', async () => {
    await start();

    expect((await chat.refusal({ path: `/dev?${'a'.repeat(4092)}` })).status).toBe(414);
  });

  it('is closed when the default endpoint is disabled', async () => {
    await start({ definition: { disableExecuteApiEndpoint: true } });

    expect((await chat.refusal()).status).toBe(403);
  });

  it('is for its own host alone: 403 for any other', async () => {
    await start();

    expect((await chat.refusal({ headers: { Host: 'd111.cloudfront.net' } })).status).toBe(403);
    await chat.dial({ headers: { Host: chat.api.domainName } });
  });

  it('is no HTTP endpoint: 403', async () => {
    await start();

    expect((await fetch(`${chat.origin}/dev`)).status).toBe(403);
  });
});

describe('the event of $connect', () => {
  it('has the shape of AWS', async () => {
    await start();
    await chat.route('$connect', tells());

    await chat.dial({
      path: '/dev?path=one&path=t%20wo',
      headers: { 'User-Agent': 'Agent/1', 'X-Forwarded-For': '10.0.0.13', 'x-Mixed': 'kept' },
    });

    const [event] = chat.events('connect');
    expect(event).toEqual({
      headers: expect.any(Object),
      multiValueHeaders: expect.any(Object),
      queryStringParameters: { path: 't wo' },
      multiValueQueryStringParameters: { path: ['one', 't wo'] },
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: id,
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        messageDirection: 'IN',
        stage: 'dev',
        connectedAt: expect.any(Number),
        requestTimeEpoch: expect.any(Number),
        identity: { userAgent: 'Agent/1', sourceIp: '127.0.0.1' },
        requestId: id,
        domainName: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
        connectionId: id,
        apiId: 'abcdef1234',
      },
      isBase64Encoded: false,
    });
    expect(event?.headers).toMatchObject({
      Host: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
      'x-Mixed': 'kept',
      'Sec-WebSocket-Version': '13',
      'X-Forwarded-For': '10.0.0.13, 127.0.0.1',
      'X-Forwarded-Port': '443',
      'X-Forwarded-Proto': 'https',
    });
    expect(Object.keys(event?.headers ?? {}).map((name) => name.toLowerCase())).not.toEqual(
      expect.arrayContaining(['connection']),
    );
    expect(event?.headers).not.toHaveProperty('Upgrade');
    expect(event?.multiValueHeaders).toMatchObject({ 'x-Mixed': ['kept'] });
  });

  it('has neither query string nor stage variables when there are none', async () => {
    await start();
    await chat.route('$connect', tells());

    await chat.dial();

    expect(Object.keys(chat.events('connect')[0] ?? {}).sort()).toEqual([
      'headers',
      'isBase64Encoded',
      'multiValueHeaders',
      'requestContext',
    ]);
  });

  it('has the variables of its stage', async () => {
    await start({ stage: { variables: { colour: 'blue' } } });
    await chat.route('$connect', tells());

    await chat.dial();

    expect(chat.events('connect')[0]).toHaveProperty('stageVariables', { colour: 'blue' });
  });
});

describe('the answer of $connect', () => {
  it('keeps the handshake pending until it is there', async () => {
    await start();
    await chat.route(
      '$connect',
      'export const handler = async () => { await new Promise((r) => setTimeout(r, 100)); console.log("returned"); return { statusCode: 200 }; };',
    );

    await chat.dial();

    expect(chat.logs).toContainEqual(['connect', expect.stringContaining('returned')]);
  });

  it.each([400, 401, 418, 500])('with status %d refuses the handshake with it', async (status) => {
    await start();
    await chat.route('$connect', tells(`{ statusCode: ${status} }`));

    expect((await chat.refusal()).status).toBe(status);
  });

  it.each([
    ['an error', 'export const handler = async () => { throw new Error("no"); };'],
    ['a crash', 'export const handler = async () => { process.exit(1); };'],
    ['no status code', tells('{ ok: true }')],
    ['nothing', tells('undefined')],
    ['a body that is no string', tells('{ statusCode: 200, body: {} }')],
  ])('that is %s refuses the handshake with 502', async (_, source) => {
    await start();
    await chat.route('$connect', source);

    expect((await chat.refusal()).status).toBe(502);
  });

  it('that comes too late refuses the handshake with 504', async () => {
    await start({ limits: { integrationTimeout: 50 } });
    await chat.route(
      '$connect',
      'export const handler = () => new Promise(() => setTimeout(() => {}, 5000));',
    );

    expect((await chat.refusal()).status).toBe(504);
  });

  it('never comes without a permission: 500, and the log names function and route', async () => {
    await start();
    const permission = {
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      sourceArn: 'arn:aws:execute-api:us-east-1:111111111111:abcdef1234/*$disconnect',
    };
    await chat.route('$connect', tells(), { lambda: { permissions: [permission] } });

    expect((await chat.refusal()).status).toBe(500);
    expect(chat.events('connect')).toEqual([]);
    expect(chat.logs).toContainEqual([
      'iam',
      expect.stringMatching(/function:connect for .*abcdef1234\/dev\/\$connect.*AWS::Lambda::Permission/),
    ]);
  });

  it('comes with the permission that the CDK writes', async () => {
    await start();
    const permission = {
      principal: 'apigateway.amazonaws.com',
      action: 'lambda:InvokeFunction',
      sourceArn: 'arn:aws:execute-api:us-east-1:111111111111:abcdef1234/*$connect',
    };
    await chat.route('$connect', tells(), { lambda: { permissions: [permission] } });

    await chat.dial();
  });

  it('never comes when the function has no concurrency left: 500', async () => {
    await start();
    await chat.route('$connect', tells(), { lambda: { reservedConcurrency: 0 } });

    expect((await chat.refusal()).status).toBe(500);
  });
});

describe('the subprotocol', () => {
  const protocols = ['chat', 'other'];

  it('is the one that the integration echoes', async () => {
    await start();
    await chat.route(
      '$connect',
      tells('{ statusCode: 200, headers: { "sec-websocket-protocol": "other" } }'),
    );

    expect((await chat.dial({ protocols })).socket.protocol).toBe('other');
  });

  it('is none when it echoes none, which makes the client give up', async () => {
    await start();
    await chat.route('$connect', tells());

    await expect(chat.dial({ protocols })).rejects.toThrow('Server sent no subprotocol');
  });
});

describe('extensions', () => {
  it('are not accepted', async () => {
    await start();

    expect((await chat.dial()).socket.extensions).toBe('');
  });
});

describe('a handshake over quota', () => {
  it('of the account is answered 429', async () => {
    await start({ limits: { accountRate: 0, accountBurst: 1 } });

    await chat.dial();

    expect(await chat.refusal()).toEqual({ status: 429, body: '{"message":"Too Many Requests"}' });
  });

  it('of new connections is answered 429', async () => {
    // A second later there is room for another.
    vi.useFakeTimers({ toFake: ['performance'] });
    await start({ limits: { connectionRate: 1 } });

    await chat.dial();

    expect((await chat.refusal()).status).toBe(429);
    vi.advanceTimersByTime(1_000);
    await chat.dial();
  });

  it('of the stage is answered 429', async () => {
    await start({ stage: { defaultThrottle: { rate: 0.001, burst: 1 } } });

    await chat.dial();

    expect((await chat.refusal()).status).toBe(429);
  });

  it('of its route is answered 429', async () => {
    await start({
      stage: {
        defaultThrottle: { rate: 100, burst: 100 },
        routeThrottles: { $connect: { rate: 0, burst: 0 } },
      },
    });

    expect((await chat.refusal()).status).toBe(429);
  });
});

describe('an API key', () => {
  const withKeys = async (selection = '$request.header.x-api-key'): Promise<void> => {
    await start({ definition: { apiKeySelectionExpression: selection } });
    const { apis } = chat.world;
    apis.addApiKey({ id: 'key1', value: 'a-key-of-twenty-characters', enabled: true });
    apis.addApiKey({ id: 'key2', value: 'disabled-key-of-twenty', enabled: false });
    apis.addApiKey({ id: 'key3', value: 'key-without-a-usage-plan', enabled: true });
    apis.addUsagePlan({ id: 'plan1', stages: [{ apiId: 'abcdef1234', stage: 'dev' }] });
    apis.addKeyToPlan('key1', 'plan1');
    apis.addKeyToPlan('key2', 'plan1');
  };

  it('that is required lets its bearer in and appears in every event', async () => {
    await withKeys();
    await chat.route('$connect', tells(), { apiKeyRequired: true });
    await chat.route('$default', tells());

    const client = await chat.dial({ headers: { 'X-Api-Key': 'a-key-of-twenty-characters' } });
    client.socket.send('x');

    await vi.waitFor(() => expect(chat.events('default')).toHaveLength(1));
    for (const event of [chat.events('connect')[0], chat.events('default')[0]])
      expect(event).toMatchObject({
        requestContext: { identity: { apiKey: 'a-key-of-twenty-characters', apiKeyId: 'key1' } },
      });
  });

  it.each([undefined, '', 'wrong', 'disabled-key-of-twenty', 'key-without-a-usage-plan'])(
    'that is %s where one is required is answered 403, and no function is called',
    async (key) => {
      await withKeys();
      await chat.route('$connect', tells(), { apiKeyRequired: true });

      const refused = await chat.refusal({ headers: key === undefined ? {} : { 'x-api-key': key } });

      expect(refused).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
      expect(chat.events('connect')).toEqual([]);
    },
  );

  it('may come from the authorizer', async () => {
    await withKeys('$context.authorizer.usageIdentifierKey');
    const allow = (key: string) =>
      tells(`{ principalId: 'p', usageIdentifierKey: event.headers['x-tell'] ?? ${JSON.stringify(key)},
        policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] } }`);
    const authorizerId = await chat.authorizer(allow('a-key-of-twenty-characters'));
    await chat.route('$connect', tells(), { apiKeyRequired: true, authorizerId });

    await chat.dial();

    expect((await chat.refusal({ headers: { 'x-tell': 'wrong' } })).status).toBe(403);
  });
});

describe('a request that is no proper handshake', () => {
  it('is answered 400 before a function is called for it', async () => {
    await start();
    await chat.route('$connect', tells());

    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      request(`${chat.origin}/dev`, {
        headers: {
          Connection: 'Upgrade',
          Upgrade: 'websocket',
          'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version': '7',
        },
      })
        .on('response', resolve)
        .on('upgrade', () => reject(new Error('The handshake was accepted.')))
        .end(),
    );

    expect(answer.statusCode).toBe(400);
    expect(chat.events('connect')).toEqual([]);
  });
});

describe('a client that leaves before $connect has returned', () => {
  it('is reported by $disconnect', async () => {
    await start();
    await chat.route(
      '$connect',
      'export const handler = async () => { console.log("called"); await new Promise((r) => setTimeout(r, 150)); return { statusCode: 200 }; };',
    );
    await chat.route('$disconnect', tells());
    const dialled = chat.dial().catch(() => undefined);
    await vi.waitFor(() => expect(chat.logs).toContainEqual(['connect', expect.stringContaining('called')]));

    chat.hangUp();

    await dialled;
    await vi.waitFor(() => expect(chat.events('disconnect')).toHaveLength(1));
  });
});
