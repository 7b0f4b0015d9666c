import { afterEach, describe, expect, it, vi } from 'vitest';
import { fileGate, passed } from '../setup/file-gate.ts';
import { type ChatApi, type ChatOptions, type Client, chatApi, tells } from './chat-api.ts';

let chat: ChatApi;
const start = async (options: ChatOptions = {}): Promise<ChatApi> => {
  chat = await chatApi(options);
  return chat;
};
afterEach(() => chat?.stop());

const first = async (client: Client): Promise<string> => {
  await vi.waitFor(() => expect(client.messages).not.toHaveLength(0));
  return client.messages[0] ?? '';
};

const id = expect.stringMatching(/^[\w-]{15}=$/);

describe('the event of a message', () => {
  it('has the shape of AWS: no headers and no query string', async () => {
    await start();
    await chat.route('$default', tells());

    const client = await chat.dial({ path: '/dev?a=1', headers: { 'User-Agent': 'Agent/1' } });
    client.socket.send('{"a":1}');

    await vi.waitFor(() => expect(chat.events('default')).toHaveLength(1));
    expect(chat.events('default')[0]).toEqual({
      requestContext: {
        routeKey: '$default',
        messageId: id,
        eventType: 'MESSAGE',
        extendedRequestId: id,
        requestTime: expect.any(String),
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
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });
});

describe('the route of a message', () => {
  it.each([
    ['its own key', '{"action":"join"}', 'join'],
    ['$default for a key that no route has', '{"action":"leave"}', 'default'],
    ['$default without the member', '{"other":1}', 'default'],
    ['$default when it is no JSON', 'join', 'default'],
    ['$default for the key of a lifecycle route', '{"action":"$connect"}', 'default'],
  ])('is %s', async (_, body, called) => {
    await start();
    await chat.route('join', tells());
    await chat.route('$connect', tells());
    await chat.route('$default', tells());

    const client = await chat.dial();
    client.socket.send(body);

    await vi.waitFor(() => expect(chat.events(called)).toHaveLength(called === 'connect' ? 2 : 1));
    expect(chat.events(called).at(-1)).toMatchObject({ body });
  });

  it('that nobody has is answered Forbidden, byte for byte', async () => {
    await start();
    await chat.route('join', tells());

    const client = await chat.dial();
    client.socket.send('{"action":"leave"}');

    expect(await first(client)).toMatch(
      /^\{"message": "Forbidden", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/,
    );
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
});

describe('the answer to a message', () => {
  it('is the body of a route that answers', async () => {
    await start();
    await chat.route('$default', tells('{ statusCode: 500, body: "pong " + event.body }'), { answers: true });

    const client = await chat.dial();
    client.socket.send('ping');

    expect(await first(client)).toBe('pong ping');
  });

  it.each([
    ['no body', '{ statusCode: 200 }'],
    ['a body that is null', '{ statusCode: 200, body: null }'],
    ['an empty body', '{ statusCode: 200, body: "" }'],
  ])('is an empty frame from a route that answers with %s', async (_, result) => {
    await start();
    await chat.route('$default', tells(result), { answers: true });

    const client = await chat.dial();
    client.socket.send('ping');

    await vi.waitFor(() => expect(client.messages).toEqual(['']));
  });

  it('is dropped on a route that does not', async () => {
    await start();
    await chat.route('one', tells('{ statusCode: 200, body: "dropped" }'));
    await chat.route('$default', tells('{ statusCode: 200, body: "kept" }'), { answers: true });

    const client = await chat.dial();
    client.socket.send('{"action":"one"}');
    await vi.waitFor(() => expect(chat.events('one')).toHaveLength(1));
    client.socket.send('{}');

    expect(await first(client)).toBe('kept');
  });

  it('needs the route response as well as the expression', async () => {
    await start();
    const functionArn = await chat.addFunction('half', tells('{ statusCode: 200, body: "half" }'));
    chat.api.addIntegration({ id: 'half', functionArn, timeoutInMilliseconds: 1000 });
    chat.api.addRoute({
      id: 'half',
      routeKey: 'half',
      integrationId: 'half',
      apiKeyRequired: false,
      routeResponseSelectionExpression: '$default',
    });
    await chat.route('$default', tells('{ statusCode: 200, body: "whole" }'), { answers: true });

    const client = await chat.dial();
    client.socket.send('{"action":"half"}');
    await vi.waitFor(() => expect(chat.events('half')).toHaveLength(1));
    client.socket.send('{}');

    expect(await first(client)).toBe('whole');
  });

  it('does not wait for the answers to earlier messages', async () => {
    await start();
    await chat.route(
      '$default',
      `${passed} export const handler = async ({ body }) => { if (body !== 'quick') await passed(body); return { statusCode: 200, body }; };`,
      { answers: true },
    );
    const gate = await fileGate();

    const client = await chat.dial();
    client.socket.send(gate.path);
    client.socket.send('quick');

    expect(await first(client)).toBe('quick');
    await gate.open();
    await vi.waitFor(() => expect(client.messages).toEqual(['quick', gate.path]));
  });

  it.each([
    ['throws', 'export const handler = async () => { throw new Error("no"); };', false],
    ['throws and would answer', 'export const handler = async () => { throw new Error("no"); };', true],
    ['crashes', 'export const handler = async () => process.exit(1);', false],
    ['returns no status code where it would answer', tells('{ body: "x" }'), true],
    ['returns more than 128 KB', tells('{ statusCode: 200, body: "x".repeat(131073) }'), true],
  ])('is an error frame, byte for byte, when the function %s', async (_, source, answers) => {
    await start();
    await chat.route('$default', source, { answers });

    const client = await chat.dial();
    client.socket.send('{}');

    expect(await first(client)).toMatch(
      /^\{"message": "Internal server error", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}$/,
    );
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('is an error frame when API Gateway may not call the function', async () => {
    await start();
    await chat.route('$default', tells(), { lambda: { permissions: [] } });

    const client = await chat.dial();
    client.socket.send('{}');

    expect(JSON.parse(await first(client))).toMatchObject({ message: 'Internal server error' });
    expect(chat.events('default')).toEqual([]);
  });

  it('is an error frame when the function takes longer than its integration', async () => {
    await start();
    await chat.route(
      '$default',
      'export const handler = () => new Promise(() => setTimeout(() => {}, 5000));',
      {
        timeoutInMilliseconds: 50,
      },
    );

    const client = await chat.dial();
    client.socket.send('{}');

    expect(await first(client)).toMatch(/^\{"message": "Endpoint request timed out", "connectionId":"/);
  });

  it('is an error frame when the message is over quota', async () => {
    await start({ stage: { routeThrottles: { $default: { rate: 0.001, burst: 1 } } } });
    await chat.route('$default', tells('{ statusCode: 200, body: "served" }'), { answers: true });

    const client = await chat.dial();
    client.socket.send('{}');
    client.socket.send('{}');

    await vi.waitFor(() => expect(client.messages).toHaveLength(2));
    // `s` sorts before `{`: whichever of them comes first.
    const [served, refused] = client.messages.toSorted();
    expect(served).toBe('served');
    expect(refused).toMatch(/^\{"message": "Too Many Requests", "connectionId":"/);
  });

  it('is an error frame when the account is over quota', async () => {
    await start({ limits: { accountRate: 0, accountBurst: 1 } });
    await chat.route('$default', tells());

    const client = await chat.dial();
    client.socket.send('{}');

    expect(JSON.parse(await first(client))).toMatchObject({ message: 'Too Many Requests' });
  });
});

describe('the access log', () => {
  it('has a line for every handshake, message and close, as the stage formats it', async () => {
    await start({
      stage: {
        accessLogFormat:
          '$context.eventType $context.routeKey $context.status $context.identity.sourceIp [$context.error.message] $context.unknown',
      },
    });
    await chat.route('$connect', tells());
    await chat.route('$default', 'export const handler = async () => { throw new Error("no"); };');
    await chat.route('$disconnect', tells());

    const client = await chat.dial();
    client.socket.send('{}');
    await first(client);
    client.socket.close();

    await vi.waitFor(() =>
      expect(chat.logs.filter(([source]) => source === 'websocket').map(([, line]) => line)).toEqual([
        'CONNECT $connect 200 127.0.0.1 [-] -',
        'MESSAGE $default 500 127.0.0.1 [Internal server error] -',
        'DISCONNECT $disconnect 200 127.0.0.1 [-] -',
      ]),
    );
  });
});
