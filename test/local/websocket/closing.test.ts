import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ChatApi, type ChatOptions, type Client, chatApi, tells } from './chat-api.ts';

let chat: ChatApi;
const start = async (options: ChatOptions = {}): Promise<Client> => {
  chat = await chatApi(options);
  await chat.route('$connect', tells());
  await chat.route('$default', tells('{ statusCode: 200, body: String(event.body.length) }'), {
    answers: true,
  });
  await chat.route('$disconnect', tells());
  return chat.dial();
};
afterEach(async () => {
  vi.useRealTimers();
  await chat?.stop();
});

/** From now on the gateway's time passes as a test says: no machine is so slow that a connection idles in between. */
const holdTime = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });

/** What the client hears next, or that it hears nothing any more. */
const heard = (client: Client, event: 'message' | 'pong'): Promise<unknown> =>
  Promise.race([
    once(client.socket, event),
    client.closed.then(({ code }) => Promise.reject(new Error(`It was closed with ${code}.`))),
  ]);

const disconnected = async (): Promise<Record<string, never> | undefined> => {
  await vi.waitFor(() => expect(chat.events('disconnect')).toHaveLength(1));
  return chat.events('disconnect')[0];
};

describe('the event of $disconnect', () => {
  it('has the shape of AWS, with its odd headers', async () => {
    const client = await start();
    client.socket.close(1001);

    expect(await disconnected()).toEqual({
      headers: {
        Host: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
        'x-api-key': '',
        'X-Forwarded-For': '',
        'x-restapi': '',
      },
      multiValueHeaders: {
        Host: ['abcdef1234.execute-api.us-east-1.amazonaws.com'],
        'x-api-key': [''],
        'X-Forwarded-For': [''],
        'x-restapi': [''],
      },
      requestContext: {
        routeKey: '$disconnect',
        disconnectStatusCode: 1001,
        eventType: 'DISCONNECT',
        extendedRequestId: expect.any(String),
        requestTime: expect.any(String),
        messageDirection: 'IN',
        disconnectReason: '',
        stage: 'dev',
        connectedAt: expect.any(Number),
        requestTimeEpoch: expect.any(Number),
        identity: { sourceIp: '127.0.0.1' },
        requestId: expect.any(String),
        domainName: 'abcdef1234.execute-api.us-east-1.amazonaws.com',
        connectionId: expect.any(String),
        apiId: 'abcdef1234',
      },
      isBase64Encoded: false,
    });
  });

  it.each([
    ['a code and a reason', (client: Client) => client.socket.close(4100, 'bye'), 4100, 'bye'],
    ['no code', (client: Client) => client.socket.close(), 1005, 'Client-side close frame status not set'],
    ['no close frame', (client: Client) => client.socket.terminate(), 1006, ''],
  ])('tells that a client closed with %s', async (_, close, code, reason) => {
    const client = await start();
    close(client);

    expect(await disconnected()).toMatchObject({
      requestContext: { disconnectStatusCode: code, disconnectReason: reason },
    });
  });

  it('is lost when the faults say so', async () => {
    const asked: string[] = [];
    const client = await start({
      faults: { losesDisconnect: (connectionId) => asked.push(connectionId) === 1 },
    });
    const second = await chat.dial();
    client.socket.close();
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    second.socket.close();

    const event = await disconnected();
    expect(event).toMatchObject({ requestContext: { connectionId: asked[1] } });
  });

  it('is not sent when the execution ends', async () => {
    const client = await start();
    await chat.stop();

    expect((await client.closed).code).toBe(1006);
    expect(chat.events('disconnect')).toEqual([]);
  });
});

describe('a connection is closed', () => {
  it('with 1001 when no data message has passed in either direction for the idle time', async () => {
    const client = await start({ limits: { idleTimeout: 60 } });

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await disconnected()).toMatchObject({
      requestContext: { disconnectStatusCode: 1001, disconnectReason: 'Going away' },
    });
  });

  it('with 1001 even when it pings, since control frames are no data', async () => {
    holdTime();
    const client = await start({ limits: { idleTimeout: 300 } });

    for (const milliseconds of [100, 199]) {
      vi.advanceTimersByTime(milliseconds);
      client.socket.ping();
      await heard(client, 'pong');
    }
    vi.advanceTimersByTime(1);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  it('not while messages come', async () => {
    holdTime();
    const client = await start({ limits: { idleTimeout: 300 } });

    // Unanswered, or the answers alone would keep it open; the pong comes when the message has been taken.
    await chat.route('quiet', tells());
    for (let round = 0; round < 4; round += 1) {
      vi.advanceTimersByTime(299);
      client.socket.send('{"action":"quiet"}');
      client.socket.ping();
      await heard(client, 'pong');
    }
    vi.advanceTimersByTime(300);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  it('not while messages are posted to it', async () => {
    holdTime();
    const client = await start({ limits: { idleTimeout: 300 } });
    const connectionId = chat.connectionId();

    for (let round = 0; round < 4; round += 1) {
      vi.advanceTimersByTime(299);
      const message = heard(client, 'message');
      expect((await chat.manage('POST', connectionId, 'x')).status).toBe(200);
      await message;
    }
    vi.advanceTimersByTime(300);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
  });

  it('with 1001 after its longest time, whatever its traffic', async () => {
    const client = await start({ limits: { connectionDuration: 150 } });
    const sending = setInterval(() => client.socket.send('x'), 20);

    expect(await client.closed).toEqual({ code: 1001, reason: 'Going away' });
    clearInterval(sending);
  });

  it('with 1003 when it sends a binary frame', async () => {
    const client = await start();
    client.socket.send(Buffer.from('x'));

    expect((await client.closed).code).toBe(1003);
    expect(chat.events('default')).toEqual([]);
    expect(await disconnected()).toMatchObject({ requestContext: { disconnectStatusCode: 1003 } });
  });

  it('with 1007 when it sends text that is no UTF-8', async () => {
    const client = await start();
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });

    expect((await client.closed).code).toBe(1007);
    expect(await disconnected()).toMatchObject({ requestContext: { disconnectStatusCode: 1007 } });
  });

  it('with 1002 when its frame breaks the protocol: it is not masked', async () => {
    await start();
    const raw = await chat.dialRaw();
    await vi.waitFor(() => expect(raw.received().includes('\r\n\r\n')).toBe(true));
    raw.socket.write(Buffer.from([0x81, 0x01, 0x78]));

    expect(await disconnected()).toMatchObject({ requestContext: { disconnectStatusCode: 1002 } });
    const afterHandshake = (): Buffer => raw.received().subarray(raw.received().indexOf('\r\n\r\n') + 4);
    await vi.waitFor(() => expect([...afterHandshake().subarray(0, 4)]).toEqual([0x88, 0x02, 0x03, 0xea]));
    expect(chat.events('default')).toEqual([]);
  });

  it('with 1009 when it sends a frame longer than 32 KB', async () => {
    const client = await start();
    client.socket.send('x'.repeat(32_769));

    expect((await client.closed).code).toBe(1009);
    expect(chat.events('default')).toEqual([]);
    expect(await disconnected()).toMatchObject({ requestContext: { disconnectStatusCode: 1009 } });
  });

  it('with 1009 when one fragment of a message is longer than 32 KB', async () => {
    const client = await start();
    client.socket.send('x'.repeat(10), { fin: false });
    client.socket.send('x'.repeat(32_769), { fin: true });

    expect((await client.closed).code).toBe(1009);
    expect(chat.events('default')).toEqual([]);
  });

  it('with 1009 when its message is longer than 128 KB, however it is fragmented', async () => {
    const client = await start();
    for (let index = 0; index < 5; index += 1) client.socket.send('x'.repeat(32_768), { fin: index === 4 });

    expect((await client.closed).code).toBe(1009);
    expect(chat.events('default')).toEqual([]);
    expect(await disconnected()).toMatchObject({ requestContext: { disconnectStatusCode: 1009 } });
  });
});

describe('a message', () => {
  it('of one frame of 32 KB is taken', async () => {
    const client = await start();
    client.socket.send('x'.repeat(32_768));

    await vi.waitFor(() => expect(client.messages).toEqual(['32768']));
  });

  it('of 128 KB in four frames is taken, with pings in between', async () => {
    const client = await start();
    for (let index = 0; index < 4; index += 1) {
      client.socket.send('x'.repeat(32_768), { fin: index === 3 });
      client.socket.ping('still here');
    }

    await vi.waitFor(() => expect(client.messages).toEqual(['131072']));
  });

  it('that is the very first thing on the socket is taken, byte by byte', async () => {
    await start();
    const { port } = new URL(chat.origin);
    const socket = connect(Number(port), '127.0.0.1');
    const mask = Buffer.from([1, 2, 3, 4]);
    const payload = Buffer.from('hello').map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | 5]), mask, payload]);
    const head =
      'GET /dev HTTP/1.1\r\nHost: localhost:' +
      `${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
    });
    socket.setNoDelay();
    socket.write(Buffer.concat([Buffer.from(head), frame.subarray(0, 3)]));
    await vi.waitFor(() => expect(received.toString()).toContain('101 Switching Protocols'));
    for (const byte of frame.subarray(3)) socket.write(Buffer.from([byte]));

    await vi.waitFor(() => expect(received.subarray(-3)).toEqual(Buffer.from([0x81, 1, 0x35])));
    socket.destroy();
  });
});
