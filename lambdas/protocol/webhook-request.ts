import { createHmac } from 'node:crypto';
import type { WebhookEvent } from './webhook-event.ts';

/** An event and when it happened, in epoch milliseconds. */
export interface DatedWebhookEvent {
  readonly at: number;
  readonly event: WebhookEvent;
}

/** What is posted to an endpoint, but for the endpoint's own headers. */
export interface WebhookRequest {
  readonly body: string;
  /** Spelled as Pusher spells them: pusher-http-php looks them up by exactly these names. */
  readonly headers: Readonly<Record<'Content-Type' | 'X-Pusher-Key' | 'X-Pusher-Signature', string>>;
}

/**
 * `{"time_ms":…,"events":[…]}` with the hex HMAC-SHA256 of that text. `time_ms` is the time of the latest event: a receiver that
 * goes by it takes what comes late for what it is.
 * Source: https://pusher.com/docs/channels/server_api/webhooks/; pusher-http-node `lib/webhook.js`, which takes no other content type
 */
export function webhookRequest(
  events: readonly DatedWebhookEvent[],
  { appKey, secret }: { readonly appKey: string; readonly secret: string },
): WebhookRequest {
  const body = JSON.stringify({
    time_ms: Math.max(...events.map(({ at }) => at)),
    events: events.map(({ event }) => event),
  });
  return {
    body,
    headers: {
      'Content-Type': 'application/json',
      'X-Pusher-Key': appKey,
      'X-Pusher-Signature': createHmac('sha256', secret).update(body).digest('hex'),
    },
  };
}
