import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ShopEdge, type ShopOptions, shopEdge } from './shop-edge.ts';

const toStage = `function handler(event) {
  var request = event.request;
  var path = /^\\/app\\/([^/]+)$/.exec(request.uri);
  if (!path) return { statusCode: 404, statusDescription: 'Not Found' };
  request.uri = '/';
  request.querystring.appKey = { value: path[1] };
  return request;
}`;

let edge: ShopEdge;
const start = async (options: ShopOptions = {}): Promise<void> => {
  edge = await shopEdge({ code: toStage, ...options });
};
afterEach(async () => {
  vi.useRealTimers();
  await edge?.stop();
});

describe('a WebSocket through the edge', () => {
  it('reaches the stage with what the function made of its path', async () => {
    await start();

    const socket = await edge.dial('/app/key?protocol=7', ['chat', 'other'], {
      Origin: 'https://shop.example',
      'User-Agent': 'Agent/1',
      'Accept-Language': 'es-PE',
    });

    expect(socket.protocol).toBe('chat');
    const line = edge.logs.find(([, text]) => text.includes('event {'))?.[1] ?? '';
    const event = JSON.parse(line.slice(line.indexOf('{')));
    expect(event.queryStringParameters).toEqual({ protocol: '7', appKey: 'key' });
    expect(event.headers).toMatchObject({
      Host: 'chat123456.execute-api.us-east-1.amazonaws.com',
      Origin: 'https://shop.example',
      'Sec-Websocket-Protocol': 'chat,other',
      'User-Agent': 'Agent/1',
      'Accept-Language': 'es-PE',
      'X-Forwarded-For': expect.stringMatching(/^(127\.0\.0\.1|::1), 127\.0\.0\.1$/),
    });
    // Who speaks to API Gateway is CloudFront.
    expect(event.requestContext.identity).toEqual({ userAgent: 'Agent/1', sourceIp: '127.0.0.1' });
  });

  it('carries messages in both directions and is closed with its code', async () => {
    await start();
    const socket = await edge.dial('/app/key');
    const messages: string[] = [];
    socket.on('message', (data) => messages.push(data.toString()));

    socket.send('hello');
    socket.send('x'.repeat(32_768));

    await vi.waitFor(() => expect(messages.sort()).toEqual(['got hello', `got ${'x'.repeat(32_768)}`]));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(32_769));
    expect(await closed).toBe(1009);
  });

  it.each([401, 403, 429, 500])('is refused with the status of the origin, %d', async (status) => {
    await start({ connect: `export const handler = async () => ({ statusCode: ${status} });` });

    expect((await edge.refusal('/app/key')).status).toBe(status);
  });

  it('is refused with the status of the function', async () => {
    await start();

    expect((await edge.refusal('/app/key/more')).status).toBe(404);
  });

  it('is refused with 403 without any query string where a key is required by the origin', async () => {
    await start({ keyRequired: true });

    expect((await edge.refusal('/app/key')).status).toBe(403);
  });

  it('is let in by the key that the edge adds', async () => {
    await start({
      keyRequired: true,
      origin: { OriginCustomHeaders: [{ HeaderName: 'x-api-key', HeaderValue: 'a-key-of-the-edge-alone' }] },
    });
    const { apis } = edge.world;
    apis.addApiKey({ id: 'key', value: 'a-key-of-the-edge-alone', enabled: true });
    apis.addUsagePlan({ id: 'plan', stages: [{ apiId: 'chat123456', stage: 'dev' }] });
    apis.addKeyToPlan('key', 'plan');

    await edge.dial('/app/key');
  });

  it('is answered as a WebSocket API answers when the behaviour leads to an HTTP API: 404 or what its route says', async () => {
    await start({ http: 'export const handler = async () => ({ statusCode: 404 });' });

    expect((await edge.refusal('/other')).status).toBe(404);
  });

  it('is cut when nothing comes from the origin for the time that CloudFront waits', async () => {
    await start({ limits: { edgeIdleTimeout: 80 } });
    const socket = await edge.dial('/app/key');

    expect(await new Promise((resolve) => socket.on('close', resolve))).toBe(1006);
  });

  it('is not cut while bytes come from the origin', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await start({ limits: { edgeIdleTimeout: 300 } });
    const socket = await edge.dial('/app/key');
    const closed = new Promise((resolve) => socket.on('close', resolve));

    for (let round = 0; round < 4; round += 1) {
      vi.advanceTimersByTime(299);
      socket.send('x');
      const heard = once(socket, 'message').then(([data]) => String(data));
      expect(await Promise.race([heard, closed])).toBe('got x');
    }
    vi.advanceTimersByTime(300);

    expect(await closed).toBe(1006);
  });

  it('is not cut by the time that an origin has for an answer', async () => {
    await start({
      origin: { CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginReadTimeout: 2 } },
    });
    // Has its environment started: the handshake itself has to be answered in that time.
    for (const { arn } of edge.world.functions.list()) await edge.world.functions.invoke(arn, {});
    const socket = await edge.dial('/app/key');
    const startedAt = performance.now();

    await vi.waitFor(() => expect(performance.now() - startedAt).toBeGreaterThan(2_400));

    expect(socket.readyState).toBe(socket.OPEN);
  });

  it('is ended with the execution', async () => {
    await start();
    const socket = await edge.dial('/app/key');
    const closed = new Promise((resolve) => socket.on('close', resolve));

    await edge.stop();

    expect(await closed).toBe(1006);
  });
});
