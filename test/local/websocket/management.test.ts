import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChatApi, type ChatOptions, type Client, chatApi, tells } from './chat-api.ts';

let chat: ChatApi;
let client: Client;
let connectionId: string;

async function start(options: ChatOptions = {}): Promise<void> {
  chat = await chatApi(options);
  await chat.route('$connect', tells());
  await chat.route('$disconnect', tells());
  client = await chat.dial({ headers: { 'User-Agent': 'Agent/1' } });
  connectionId = chat.connectionId();
}
afterEach(async () => {
  vi.useRealTimers();
  await chat?.stop();
});

/** The frames that a server sends: not masked, so that only the header has to be read. */
function serverFrames(stream: Buffer): { opcode: number; fin: boolean; length: number }[] {
  const frames: { opcode: number; fin: boolean; length: number }[] = [];
  let offset = 0;
  while (offset < stream.length) {
    const short = stream.readUInt8(offset + 1);
    const length = short === 126 ? stream.readUInt16BE(offset + 2) : short;
    const first = stream.readUInt8(offset);
    frames.push({ opcode: first & 0x0f, fin: (first & 0x80) !== 0, length });
    offset += (short === 126 ? 4 : 2) + length;
  }
  return frames;
}

const never = 'AAAAAAAAAAAAAAA=';
const shape = async (response: Response) => ({
  status: response.status,
  type: response.headers.get('x-amzn-errortype'),
  body: await response.text(),
});

describe('POST', () => {
  it('sends a text message and answers 200 with nothing', async () => {
    await start();

    const response = await chat.manage('POST', connectionId, '{"event":"ñ"}');

    expect(await shape(response)).toEqual({ status: 200, type: null, body: '' });
    await vi.waitFor(() => expect(client.messages).toEqual(['{"event":"ñ"}']));
  });

  it.each(['@connections', '%40connections'])('takes the path with %s', async (name) => {
    await start();

    expect((await chat.manage('POST', '', 'x', `/dev/${name}/${connectionId}`)).status).toBe(200);
  });

  it('sends an empty message', async () => {
    await start();

    await chat.manage('POST', connectionId, '');

    await vi.waitFor(() => expect(client.messages).toEqual(['']));
  });

  it('takes up to 128 KB, which arrive as one message', async () => {
    await start();

    expect((await chat.manage('POST', connectionId, 'é'.repeat(65_536))).status).toBe(200);

    await vi.waitFor(() => expect(client.messages).toEqual(['é'.repeat(65_536)]));
  });

  it('arrives in frames of at most 32 KB', async () => {
    await start();
    const raw = await chat.dialRaw();
    await vi.waitFor(() => expect(chat.events('connect')).toHaveLength(2));

    await vi.waitFor(async () =>
      expect((await chat.manage('POST', chat.connectionId(1), 'x'.repeat(70_000))).status).toBe(200),
    );

    await vi.waitFor(() => expect(raw.received().length).toBeGreaterThan(70_000));
    const frames = serverFrames(raw.received().subarray(raw.received().indexOf('\r\n\r\n') + 4));
    expect(frames).toEqual([
      { opcode: 1, fin: false, length: 32_768 },
      { opcode: 0, fin: false, length: 32_768 },
      { opcode: 0, fin: true, length: 4_464 },
    ]);
  });

  it('refuses more than 128 KB with 413', async () => {
    await start();

    expect(await shape(await chat.manage('POST', connectionId, 'x'.repeat(131_073)))).toMatchObject({
      status: 413,
      type: 'PayloadTooLargeException',
    });
  });

  it('refuses more than API Gateway takes in at all with 413', async () => {
    await start();

    expect((await chat.manage('POST', connectionId, 'x'.repeat(10 * 1024 * 1024 + 1))).status).toBe(413);
  });
});

describe('GET', () => {
  it('tells of a connection', async () => {
    await start();
    const describe = async (): Promise<Record<string, string>> =>
      (await (await chat.manage('GET', connectionId)).json()) as Record<string, string>;
    const before = await describe();

    await chat.manage('POST', connectionId, 'x');
    const after = await describe();

    expect(after).toEqual({
      connectedAt: before.connectedAt,
      identity: { sourceIp: '127.0.0.1', userAgent: 'Agent/1' },
      lastActiveAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    expect(Date.parse(after.lastActiveAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(before.lastActiveAt ?? ''),
    );
  });
});

describe('DELETE', () => {
  it('closes with 1000, calls $disconnect and answers 204', async () => {
    await start();

    const response = await chat.manage('DELETE', connectionId);

    expect(response.status).toBe(204);
    expect(await client.closed).toEqual({ code: 1000, reason: 'Connection Closed Normally' });
    await vi.waitFor(() => expect(chat.events('disconnect')).toHaveLength(1));
    expect(chat.events('disconnect')[0]).toMatchObject({
      requestContext: {
        connectionId,
        disconnectStatusCode: 1000,
        disconnectReason: 'Connection Closed Normally',
      },
    });
  });

  it('leaves nothing to post to', async () => {
    await start();
    await chat.manage('DELETE', connectionId);

    expect((await chat.manage('POST', connectionId, 'x')).status).toBe(410);
    expect((await chat.manage('DELETE', connectionId)).status).toBe(410);
  });
});

describe('a connection is gone: 410 with the type in a header and nothing in the body', () => {
  const gone = { status: 410, type: 'GoneException', body: '' };

  it('when it never was', async () => {
    await start();

    for (const method of ['POST', 'GET', 'DELETE'])
      expect(await shape(await chat.manage(method, never, method === 'POST' ? 'x' : undefined))).toEqual(
        gone,
      );
  });

  it('when it has closed', async () => {
    await start();
    client.socket.close();
    await vi.waitFor(() => expect(chat.events('disconnect')).toHaveLength(1));

    expect(await shape(await chat.manage('POST', connectionId, 'x'))).toEqual(gone);
  });

  it('while $connect has not returned, and for a moment after', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    chat = await chatApi({ limits: { establishDelay: 60 } });
    const { port } = new URL(chat.origin);
    await chat.route(
      '$connect',
      `export const handler = async (event) => {
         const id = encodeURIComponent(event.requestContext.connectionId);
         const url = 'http://127.0.0.1:${port}/dev/@connections/' + id;
         const response = await fetch(url, { method: 'POST', body: 'early' });
         console.log('inside ' + response.status + ' ' + event.requestContext.connectionId);
         return { statusCode: 200 };
       };`,
    );

    const early = await chat.dial();
    const line = chat.logs.find(([, text]) => text.includes('inside'))?.[1] ?? '';
    const id = line.split(' ').at(-1) ?? '';

    expect(line).toContain('inside 410');
    vi.advanceTimersByTime(59);
    expect((await chat.manage('POST', id, 'x')).status).toBe(410);
    vi.advanceTimersByTime(1);
    expect((await chat.manage('POST', id, 'now')).status).toBe(200);
    await vi.waitFor(() => expect(early.messages).toEqual(['now']));
  });
});

describe('a request is refused', () => {
  it.each(['nonsense', 'AAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAA!=', '%ZZ'])(
    'with 400 for the malformed id %s',
    async (id) => {
      await start();

      expect(await shape(await chat.manage('POST', '', 'x', `/dev/@connections/${id}`))).toMatchObject({
        status: 400,
        type: 'BadRequestException',
        body: expect.stringContaining('Invalid connectionId'),
      });
    },
  );

  it.each(['/other/@connections/x', '/@connections/x', '/dev/connections/x', '/dev/@connections/'])(
    'with 403 for the path %s',
    async (path) => {
      await start();

      expect(await shape(await chat.manage('POST', '', 'x', path))).toEqual({
        status: 403,
        type: 'ForbiddenException',
        body: '{"message":"Forbidden"}',
      });
    },
  );

  it('with 403 for another method', async () => {
    await start();

    expect((await chat.manage('PUT', connectionId, 'x')).status).toBe(403);
  });

  it('as the door refuses it when it is not signed', async () => {
    await start();
    chat.door.admits = false;

    expect((await chat.manage('POST', connectionId, 'x')).status).toBe(403);
    expect(client.messages).toEqual([]);
  });

  it.each(['POST', 'GET', 'DELETE'])('with 403 when no policy allows %s', async (method) => {
    await start();
    const asked: string[] = [];
    chat.iam.allows = (action, resource) => asked.push(`${action} ${resource}`) === 0;

    const response = await chat.manage(method, connectionId, method === 'POST' ? 'x' : undefined);

    expect(await shape(response)).toEqual({
      status: 403,
      type: 'AccessDeniedException',
      body: '{"Message":"not execute-api:ManageConnections"}',
    });
    expect(asked).toEqual([
      `execute-api:ManageConnections arn:aws:execute-api:us-east-1:111111111111:abcdef1234/dev/${method}/@connections/${connectionId}`,
    ]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('with 429 over the quota of the account, which it shares with handshakes and messages', async () => {
    await start({ limits: { accountRate: 0, accountBurst: 2 } });

    expect((await chat.manage('POST', connectionId, 'x')).status).toBe(200);
    expect(await shape(await chat.manage('POST', connectionId, 'x'))).toEqual({
      status: 429,
      type: 'LimitExceededException',
      body: '{"message":"Too Many Requests"}',
    });
  });

  it('with 429 when the client does not read what was sent to it', async () => {
    await start({ limits: { clientBufferBytes: 100_000 } });
    const { socket: deaf } = await chat.dialRaw();
    await vi.waitFor(() => expect(chat.events('connect')).toHaveLength(2));
    const deafId = chat.connectionId(1);
    await vi.waitFor(async () => expect((await chat.manage('GET', deafId)).status).toBe(200));
    deaf.pause();

    let status = 200;
    for (let posts = 0; status === 200 && posts < 500; posts += 1)
      ({ status } = await chat.manage('POST', deafId, 'x'.repeat(131_072)));

    expect(status).toBe(429);
    expect((await chat.manage('POST', connectionId, 'x')).status).toBe(200);
    deaf.destroy();
  });
});

describe('a request that is signed for another service', () => {
  it('is refused with 403 and reaches nobody', async () => {
    await start();
    chat.door.service = 'sqs';

    expect(await shape(await chat.manage('POST', connectionId, 'x'))).toEqual({
      status: 403,
      type: 'InvalidSignatureException',
      body: `{"message":"Credential should be scoped to correct service: 'execute-api'."}`,
    });
    chat.door.service = 'execute-api';
    await chat.manage('POST', connectionId, 'y');
    await vi.waitFor(() => expect(client.messages).toEqual(['y']));
  });
});

describe('the SDK', () => {
  it('understands the answers', async () => {
    const { ApiGatewayManagementApiClient, GetConnectionCommand, PostToConnectionCommand } = await import(
      '@aws-sdk/client-apigatewaymanagementapi'
    );
    await start();
    const sdk = new ApiGatewayManagementApiClient({
      endpoint: `${chat.origin}/dev`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });

    await sdk.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: 'hello' }));
    const described = await sdk.send(new GetConnectionCommand({ ConnectionId: connectionId }));

    await vi.waitFor(() => expect(client.messages).toEqual(['hello']));
    expect(described.LastActiveAt).toBeInstanceOf(Date);
    await expect(
      sdk.send(new PostToConnectionCommand({ ConnectionId: never, Data: 'x' })),
    ).rejects.toMatchObject({
      name: 'GoneException',
    });
    sdk.destroy();
  });
});
