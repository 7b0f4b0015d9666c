import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpWebhookSender } from '../../../../lambdas/adapters/http/webhook-sender.ts';
import { webhookRequest } from '../../../../lambdas/protocol/webhook-request.ts';

const request = webhookRequest(
  [{ at: 1_764_000_000_000, event: { name: 'channel_occupied', channel: 'ñandú' } }],
  { appKey: 'key', secret: 'secret' },
);

interface Received {
  /** As they came over the wire: name, value, name, value … */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

async function server(answer: (response: ServerResponse, incoming: IncomingMessage) => void) {
  const received: Received[] = [];
  let sockets = 0;
  const listening = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    received.push({ rawHeaders: incoming.rawHeaders, body: Buffer.concat(chunks).toString() });
    answer(response, incoming);
  });
  listening.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const { port } = listening.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/webhooks`, received, sockets: () => sockets };
}

const valuesOf = (rawHeaders: readonly string[] | undefined, name: string): (string | undefined)[] =>
  (rawHeaders ?? []).flatMap((each, index) =>
    index % 2 === 0 && each.toLowerCase() === name ? [rawHeaders?.[index + 1]] : [],
  );

describe('the sender of webhooks', () => {
  it('sends the body that was signed, under the very names that Pusher uses', async () => {
    const { url, received } = await server((response) => response.end());
    await new HttpWebhookSender().send({ url }, request);
    expect(received[0]?.body).toBe(request.body);
    expect(received[0]?.rawHeaders).toEqual(
      expect.arrayContaining(['Content-Type', 'X-Pusher-Key', 'X-Pusher-Signature']),
    );
    expect(valuesOf(received[0]?.rawHeaders, 'content-type')).toEqual(['application/json']);
    expect(valuesOf(received[0]?.rawHeaders, 'user-agent')).toEqual(['Pregonero']);
  });

  it('sends the headers of the endpoint along, and none of them instead of a signed one', async () => {
    const { url, received } = await server((response) => response.end());
    const headers = {
      Authorization: 'Bearer abc',
      'user-agent': 'mine',
      'x-pusher-signature': 'forged',
      'CONTENT-TYPE': 'text/plain',
      'X-PUSHER-key': 'other',
    };
    await new HttpWebhookSender().send({ url, headers }, request);
    const raw = received[0]?.rawHeaders;
    expect(valuesOf(raw, 'authorization')).toEqual(['Bearer abc']);
    expect(valuesOf(raw, 'user-agent')).toEqual(['mine']);
    expect(valuesOf(raw, 'x-pusher-signature')).toEqual([request.headers['X-Pusher-Signature']]);
    expect(valuesOf(raw, 'content-type')).toEqual(['application/json']);
    expect(valuesOf(raw, 'x-pusher-key')).toEqual(['key']);
  });

  it.each([301, 302, 307, 308])('follows no redirect: %i is no yes', async (status) => {
    const elsewhere = await server((response) => response.end());
    const { url } = await server((response) => response.writeHead(status, { Location: elsewhere.url }).end());
    expect(await new HttpWebhookSender().send({ url }, request)).toEqual({ outcome: 'refused', status });
    expect(elsewhere.received).toEqual([]);
  });

  it('waits for an answer no longer than it has patience', async () => {
    const { url } = await server(() => {});
    expect(await new HttpWebhookSender(50).send({ url }, request)).toEqual({
      outcome: 'unreachable',
      reason: 'timeout',
    });
  });

  it('goes by the status, when the rest of the answer does not come', async () => {
    const { url } = await server((response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half');
    });
    expect(await new HttpWebhookSender(60_000).send({ url }, request)).toEqual({ outcome: 'delivered' });
  });

  it('waits for no end of an answer that has none', async () => {
    let closed: (() => void) | undefined;
    const hungUp = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { url } = await server((response) => {
      response.once('close', () => closed?.());
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    expect(await new HttpWebhookSender(60_000).send({ url }, request)).toEqual({ outcome: 'delivered' });
    await hungUp;
  });

  it('keeps no connection, which would be a dead one when its environment is thawed', async () => {
    const { url, sockets, received } = await server((response) => response.end('thank you'));
    const sender = new HttpWebhookSender();
    await sender.send({ url, headers: { connection: 'keep-alive' } }, request);
    await sender.send({ url }, request);
    expect(sockets()).toBe(2);
    expect(received.map(({ rawHeaders }) => valuesOf(rawHeaders, 'connection'))).toEqual([
      ['close'],
      ['close'],
    ]);
  });

  it('says in a word why there was no answer, and never to whom', async () => {
    const outcome = await new HttpWebhookSender().send({ url: 'http://127.0.0.1:1/secret' }, request);
    expect(outcome).toEqual({ outcome: 'unreachable', reason: expect.stringMatching(/^[\w ]+$/) });
  });
});
