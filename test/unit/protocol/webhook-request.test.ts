import Pusher from 'pusher';
import { describe, expect, it } from 'vitest';
import { webhookRequest } from '../../../lambdas/protocol/webhook-request.ts';
import { everyWebhookEvent } from '../../contracts/webhook-queue.ts';

const app = { appKey: 'key', secret: 'secret' };
const pusher = new Pusher({ appId: 'app', key: 'key', secret: 'secret', host: '127.0.0.1' });

const dated = everyWebhookEvent.map((event, index) => ({ at: 1_764_000_000_000 + index, event }));

/** As a server reads it: names in lower case. */
function received({ body, headers } = webhookRequest(dated, app)) {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { rawBody: body, headers: Object.fromEntries(lowerCase) as Record<string, string> };
}

describe('the request of a webhook', () => {
  it('is valid to the SDK of Pusher, which reads its events and their time', () => {
    const webhook = pusher.webhook(received());
    expect(webhook.isValid()).toBe(true);
    expect(webhook.getEvents()).toEqual(everyWebhookEvent);
    expect(webhook.getTime()).toEqual(new Date(1_764_000_000_000 + everyWebhookEvent.length - 1));
  });

  it('is not valid once a character of it has changed', () => {
    const { rawBody, headers } = received();
    expect(pusher.webhook({ rawBody: rawBody.replace('room', 'rook'), headers }).isValid()).toBe(false);
  });

  it('is not valid to another app', () => {
    expect(pusher.webhook(received(webhookRequest(dated, { ...app, secret: 'other' }))).isValid()).toBe(
      false,
    );
    expect(pusher.webhook(received(webhookRequest(dated, { ...app, appKey: 'other' }))).isValid()).toBe(
      false,
    );
  });

  it('is what Pusher documents', () => {
    const event = { name: 'channel_occupied', channel: 'foo' } as const;
    expect(webhookRequest([{ at: 1327078148132, event }], app)).toEqual({
      body: '{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"foo"}]}',
      headers: {
        'Content-Type': 'application/json',
        'X-Pusher-Key': 'key',
        'X-Pusher-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });
});
