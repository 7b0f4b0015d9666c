import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { WebSocketApiState } from '../../../local/runtime/api-gateway/websocket/api-state.ts';
import { shakeHands } from '../../../local/runtime/api-gateway/websocket/handshake.ts';
import { type ChatApi, type ChatOptions, chatApi, tells } from './chat-api.ts';

let chat: ChatApi;
const start = async (options: ChatOptions = {}): Promise<ChatApi> => {
  chat = await chatApi(options);
  return chat;
};
afterEach(() => chat?.stop());

const statement = (effect: string, resource = 'event.methodArn') =>
  `{ Action: 'execute-api:Invoke', Effect: '${effect}', Resource: ${resource} }`;
const result = (statements: string, more = '') =>
  `{ principalId: 'user', policyDocument: { Version: '2012-10-17', Statement: [${statements}] }, ${more} }`;

/** An API whose $connect asks an authorizer that returns this. */
async function authorized(expression: string, identitySources: string[] = []): Promise<void> {
  await start();
  const authorizerId = await chat.authorizer(tells(expression), identitySources);
  await chat.route('$connect', tells(), { authorizerId });
}

describe('the event of an authorizer', () => {
  it('has the shape of AWS: the hop headers are there and the maps are never absent', async () => {
    await authorized(result(statement('Allow')));

    await chat.dial({ headers: { Authorization: 'x' } });

    const [event] = chat.events('authorizer');
    expect(event).toEqual({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:us-east-1:111111111111:abcdef1234/dev/$connect',
      headers: expect.objectContaining({
        Authorization: 'x',
        Connection: 'upgrade',
        Upgrade: 'websocket',
        'content-length': '0',
      }),
      multiValueHeaders: expect.objectContaining({ Authorization: ['x'], Upgrade: ['websocket'] }),
      queryStringParameters: {},
      multiValueQueryStringParameters: {},
      stageVariables: {},
      requestContext: {
        routeKey: '$connect',
        eventType: 'CONNECT',
        extendedRequestId: expect.any(String),
        requestTime: expect.any(String),
        messageDirection: 'IN',
        stage: 'dev',
        connectedAt: expect.any(Number),
        requestTimeEpoch: expect.any(Number),
        identity: { sourceIp: '127.0.0.1' },
        requestId: expect.any(String),
        domainName: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
        connectionId: chat.connectionId(),
        apiId: 'abcdef1234',
      },
    });
  });
});

describe('what an authorizer allows', () => {
  it('is shown in every later event, as strings', async () => {
    await authorized(
      result(statement('Allow'), "context: { tenant: '12', expires: 1790000000, admin: true }"),
    );
    await chat.route('$default', tells());
    await chat.route('$disconnect', tells());

    const client = await chat.dial();
    client.socket.send('{}');
    await vi.waitFor(() => expect(chat.events('default')).toHaveLength(1));
    client.socket.close();
    await vi.waitFor(() => expect(chat.events('disconnect')).toHaveLength(1));

    for (const route of ['connect', 'default', 'disconnect'])
      expect(chat.events(route)[0]).toMatchObject({
        requestContext: {
          authorizer: { principalId: 'user', tenant: '12', expires: '1790000000', admin: 'true' },
        },
      });
  });

  it.each([
    ['the ARN of the route', 'event.methodArn'],
    ['a wildcard', "'*'"],
    ['a list', "['arn:other', event.methodArn.replace('dev', '*')]"],
  ])('may be named by %s', async (_, resource) => {
    await authorized(result(statement('Allow', resource)));

    await chat.dial();
  });

  it('is asked anew at every handshake', async () => {
    await authorized(result(statement('Allow')));

    await chat.dial();
    await chat.dial();

    expect(chat.events('authorizer')).toHaveLength(2);
  });
});

describe('a handshake that the authorizer does not allow', () => {
  it.each([
    ['denies it', result(statement('Deny'))],
    ['allows something else', result(statement('Allow', "'arn:aws:execute-api:us-east-1:1:x/dev/$connect'"))],
    ['allows and denies it', result(`${statement('Allow')}, ${statement('Deny')}`)],
    ['says nothing', result('')],
  ])('because its policy %s is answered 403', async (_, expression) => {
    await authorized(expression);

    expect(await chat.refusal()).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
    expect(chat.events('connect')).toEqual([]);
  });

  it('because it throws exactly "Unauthorized" is answered 401', async () => {
    await authorized('(() => { throw new Error("Unauthorized"); })()');

    expect(await chat.refusal()).toEqual({ status: 401, body: '{"message":"Unauthorized"}' });
  });

  it.each([
    ['throws anything else', '(() => { throw new Error("unauthorized"); })()'],
    ['crashes', 'process.exit(1)'],
    ['returns nothing', 'undefined'],
    ['returns no principal', '{ policyDocument: { Statement: [] } }'],
    ['returns no policy', '{ principalId: "p" }'],
    ['returns a simple response, which only HTTP APIs know', '{ isAuthorized: true }'],
    ['returns an effect that does not exist', result(statement('Maybe'))],
    ['returns an object in its context', result(statement('Allow'), 'context: { deep: { a: 1 } }')],
    ['returns more than 8 KB', result(statement('Allow'), 'context: { long: "x".repeat(8192) }')],
  ])('because it %s is answered 500, and the log says so', async (_, expression) => {
    await authorized(expression);

    expect(await chat.refusal()).toEqual({ status: 500, body: '{"message":"Internal server error"}' });
    expect(chat.logs).toContainEqual(['websocket', expect.stringContaining('The authorizer failed')]);
  });

  it.each(['Condition', 'NotAction', 'NotResource', 'Principal'])(
    'because its policy has the element %s is answered 500, and the log names it',
    async (element) => {
      await authorized(result(statement('Allow').replace(' }', `, ${element}: {} }`)));

      expect(await chat.refusal()).toEqual({ status: 500, body: '{"message":"Internal server error"}' });
      expect(chat.logs).toContainEqual([
        'websocket',
        `The authorizer failed: The authorizer's policyDocument has a statement with the element ${element}; supported are Sid, Effect, Action, Resource.`,
      ]);
    },
  );

  it('because it comes too late is answered 500', async () => {
    await start({ limits: { integrationTimeout: 50 } });
    const authorizerId = await chat.authorizer(
      'export const handler = () => new Promise(() => setTimeout(() => {}, 5000));',
    );
    await chat.route('$connect', tells(), { authorizerId });

    expect((await chat.refusal()).status).toBe(500);
  });

  it('because API Gateway may not call it is answered 500', async () => {
    await start();
    const authorizerId = await chat.authorizer(tells(result(statement('Allow'))), [], { permissions: [] });
    await chat.route('$connect', tells(), { authorizerId });

    expect((await chat.refusal()).status).toBe(500);
    expect(chat.logs).toContainEqual(['iam', expect.stringContaining('authorizers/auth01')]);
  });
});

describe('an identity source', () => {
  const sources = ['route.request.header.Auth', 'route.request.querystring.token'];

  it.each([
    ['is missing', '/dev?token=a', {}],
    ['is empty', '/dev?token=', { auth: 'x' }],
    ['is all that is missing', '/dev', { auth: 'x' }],
  ])('that %s is answered 401 without asking the authorizer', async (_, path, headers) => {
    await authorized(result(statement('Allow')), sources);

    expect((await chat.refusal({ path, headers })).status).toBe(401);
    expect(chat.events('authorizer')).toEqual([]);
  });

  it('lets the authorizer be asked when all are there, headers in any case', async () => {
    await authorized(result(statement('Allow')), sources);

    await chat.dial({ path: '/dev?token=a', headers: { aUTH: 'x' } });
  });
});

describe('an authorizer that is not there', () => {
  it('lets nobody in', async () => {
    const lines: string[] = [];
    const admits = { admitsConnection: () => true, admitsRequest: () => true };
    const stage = { name: 'dev', variables: {}, defaultThrottle: {}, routeThrottles: {} };
    const state = {
      definition: { id: 'abcdef1234', apiKeySelectionExpression: '$request.header.x-api-key' },
      domainName: 'chat.example',
      account: admits,
      stages: new Map([['dev', { stage, throttle: () => true }]]),
      routes: new Map([
        ['$connect', { id: 'r', routeKey: '$connect', authorizerId: 'nobody', apiKeyRequired: false }],
      ]),
      authorizers: new Map(),
      world: { logs: { write: (_: string, line: string) => void lines.push(line) } },
    } as unknown as WebSocketApiState;
    const request = { url: '/dev', headers: {}, rawHeaders: [], socket: { remoteAddress: '127.0.0.1' } };

    const result = await shakeHands(state, request as unknown as IncomingMessage);

    expect(result).toEqual({ accepted: false, status: 500, message: 'Internal server error' });
    expect(lines).toEqual(['The API has no authorizer nobody.']);
  });
});
