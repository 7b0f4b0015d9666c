import '../../setup/as-a-function.ts';
import { describe, expect, it } from 'vitest';
import { authorizeHandler } from '../../../lambdas/handlers/authorize.ts';
import { connectHandler } from '../../../lambdas/handlers/connect.ts';
import { disconnectHandler } from '../../../lambdas/handlers/disconnect.ts';
import type { WebSocketEvent } from '../../../lambdas/handlers/events/websocket-event.ts';
import { messageHandler } from '../../../lambdas/handlers/message.ts';
import type { Logger } from '../../../lambdas/ports/logger.ts';
import type { Authorization, Credentials } from '../../../lambdas/use-cases/authorize-connection.ts';
import type { IncomingMessage } from '../../../lambdas/use-cases/handle-client-message.ts';
import type { Handshake } from '../../../lambdas/use-cases/open-connection.ts';

const METHOD_ARN = 'arn:aws:execute-api:us-east-1:000000000000:abc/production/$connect';

const connection = { connectionId: 'R0oXAdfD0kwCH6w=', connectedAt: 1_764_000_000_000 };
const receivedAt = 1_764_000_007_000;
const requestContext = { ...connection, requestTimeEpoch: receivedAt };

/** As the authorizer's context reaches every route: all strings. */
const authorizer = { principalId: '7', tenant: '12', user: '7', tokenExpiresAt: '1764000060' };

const identity = { tenant: '12', user: '7', tokenExpiresAt: 1_764_000_060 };

describe('the authorizer', () => {
  const authorizing = (authorization: Authorization) => {
    const seen: Credentials[] = [];
    const handle = authorizeHandler(async (credentials) => {
      seen.push(credentials);
      return authorization;
    });
    return { seen, handle };
  };

  it('lets in by a policy for this very method, with the identity as context', async () => {
    const { handle } = authorizing({ outcome: 'allowed', identity });
    expect(await handle({ methodArn: METHOD_ARN })).toEqual({
      principalId: '7',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: METHOD_ARN }],
      },
      context: identity,
    });
  });

  it('gives a connection without a token an empty context', async () => {
    const { handle } = authorizing({ outcome: 'allowed' });
    expect(await handle({ methodArn: METHOD_ARN })).toMatchObject({ principalId: 'app-key', context: {} });
  });

  it('refuses with the one message that API Gateway turns into 401', async () => {
    const { handle } = authorizing({ outcome: 'refused' });
    await expect(handle({ methodArn: METHOD_ARN })).rejects.toThrow(/^Unauthorized$/);
  });

  it('shows what the handshake carries, whatever the case of its headers and however many lines they have', async () => {
    const { handle, seen } = authorizing({ outcome: 'allowed' });
    await handle({
      methodArn: METHOD_ARN,
      multiValueHeaders: { 'SEC-WebSocket-protocol': ['pregonero', 'bearer.ey'], Host: ['abc'] },
      queryStringParameters: { token: 'ey', appKey: 'key', protocol: '7' },
    });
    await handle({ methodArn: METHOD_ARN, multiValueHeaders: {}, queryStringParameters: {} });
    expect(seen).toEqual([{ subprotocols: 'pregonero, bearer.ey', token: 'ey', appKey: 'key' }, {}]);
  });
});

describe('$connect', () => {
  const connecting = (subprotocol?: string) => {
    const seen: Handshake[] = [];
    const handle = connectHandler(async (handshake) => {
      seen.push(handshake);
      return subprotocol === undefined ? {} : { subprotocol };
    });
    return { seen, handle };
  };

  it('hands on all that later routes will not be told', async () => {
    const { handle, seen } = connecting();
    await handle({
      requestContext: { ...requestContext, authorizer, identity: { sourceIp: '130.176.1.1' } },
      multiValueHeaders: {
        origin: ['https://shop.example'],
        'Sec-WebSocket-Protocol': ['pregonero'],
        'X-Forwarded-For': ['203.0.113.7, 130.176.1.1'],
        'User-Agent': ['Mozilla/5.0'],
        'Accept-Language': ['es-PE'],
        Cookie: ['session=1'],
      },
      queryStringParameters: { appKey: 'key' },
    });
    expect(seen).toEqual([
      {
        ...connection,
        appKey: 'key',
        origin: 'https://shop.example',
        subprotocols: 'pregonero',
        forwardedFor: '203.0.113.7, 130.176.1.1',
        sourceIp: '130.176.1.1',
        userAgent: 'Mozilla/5.0',
        acceptLanguage: 'es-PE',
        identity,
      },
    ]);
  });

  it('leaves out what was not sent', async () => {
    const { handle, seen } = connecting();
    const nothing = { principalId: 'app-key', integrationLatency: 5 };
    await handle({ requestContext: { ...requestContext, authorizer: nothing } });
    expect(seen).toEqual([connection]);
  });

  it('echoes the subprotocol, and nothing when there is none', async () => {
    const event: WebSocketEvent = { requestContext };
    expect(await connecting('pregonero').handle(event)).toEqual({
      statusCode: 200,
      headers: { 'Sec-WebSocket-Protocol': 'pregonero' },
    });
    expect(await connecting().handle(event)).toEqual({ statusCode: 200 });
  });

  it('lets nobody in whose identity did not come through whole', async () => {
    const { handle, seen } = connecting();
    const { tenant: _, ...broken } = authorizer;
    await expect(handle({ requestContext: { ...requestContext, authorizer: broken } })).rejects.toThrow(
      'part of an identity',
    );
    expect(seen).toEqual([]);
  });
});

describe('$disconnect', () => {
  it('closes the connection', async () => {
    const closed: string[] = [];
    const handle = disconnectHandler(async (connectionId) => {
      closed.push(connectionId);
    });
    expect(await handle({ requestContext })).toEqual({ statusCode: 200 });
    expect(closed).toEqual(['R0oXAdfD0kwCH6w=']);
  });
});

describe('$default', () => {
  const messaging = (answer: (message: IncomingMessage) => Promise<string>) => {
    const seen: IncomingMessage[] = [];
    const errors: string[] = [];
    const logger: Logger = { info: () => {}, warn: () => {}, error: (event) => errors.push(event) };
    const handle = messageHandler({
      handle: async (message) => {
        seen.push(message);
        return await answer(message);
      },
      logger,
    });
    return { seen, errors, handle };
  };

  it('answers with a frame', async () => {
    const { handle, seen } = messaging(async () => '{"event":"pusher:pong"}');
    const event = { requestContext: { ...requestContext, authorizer }, body: '{"event":"pusher:ping"}' };
    expect(await handle(event)).toEqual({ statusCode: 200, body: '{"event":"pusher:pong"}' });
    expect(seen).toEqual([{ ...connection, receivedAt, body: '{"event":"pusher:ping"}', identity }]);
  });

  it('hands on an empty text where there is no body', async () => {
    const { handle, seen } = messaging(async () => '{"event":"pusher:pong"}');
    await handle({ requestContext });
    expect(seen).toEqual([{ ...connection, receivedAt, body: '' }]);
  });

  it('answers a failure in a frame that Pusher clients know, and logs it', async () => {
    const { handle, errors } = messaging(async () => {
      throw new Error('no table');
    });
    const { body } = await handle({ requestContext });
    expect(JSON.parse(body ?? '')).toMatchObject({ event: 'pusher:error' });
    expect(errors).toEqual(['message-unanswered']);
  });

  it('does nothing for a connection whose identity did not come through whole', async () => {
    const { handle, seen, errors } = messaging(async () => '{}');
    const { user: _, ...broken } = authorizer;
    const { body } = await handle({ requestContext: { ...requestContext, authorizer: broken } });
    expect(JSON.parse(JSON.parse(body ?? '').data)).toMatchObject({ code: 4009 });
    expect(seen).toEqual([]);
    expect(errors).toHaveLength(1);
  });
});
