import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../ports/clock.ts';
import type { QueuedWebhookEvent, WebhookQueue } from '../../ports/webhook-queue.ts';
import { type WebhookEndpoint, type WebhookEvent, wants } from '../../protocol/webhook-event.ts';
import { messageBody } from './message-body.ts';
import { sendBatches } from './send-batches.ts';
import { SqsQueue } from './sqs-queue.ts';

/**
 * One message for each event and each URL that wants it: what one endpoint does not take is repeated to no other. Endpoints of one
 * URL, for several prefixes of channels, get an event once.
 */
export class SqsWebhookQueue extends SqsQueue implements WebhookQueue {
  readonly #endpoints: readonly WebhookEndpoint[];

  constructor(client: SQSClient, clock: Clock, queueUrl: string, endpoints: readonly WebhookEndpoint[]) {
    super(client, clock, queueUrl);
    this.#endpoints = endpoints;
  }

  async publish(events: readonly WebhookEvent[]): Promise<void> {
    const at = this.clock.now();
    const messages = events.flatMap((event, index) =>
      this.#urlsFor(event).map((url): QueuedWebhookEvent => ({ url, at, index, event })),
    );
    const { client, clock, queueUrl } = this;
    await sendBatches(
      { client, clock, queueUrl },
      messages.map((message) => ({ body: messageBody(message) })),
    );
  }

  #urlsFor(event: WebhookEvent): string[] {
    const wanting = this.#endpoints.filter((endpoint) => wants(endpoint, event));
    return [...new Set(wanting.map(({ url }) => url))];
  }
}

/** Reads a message of the queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. */
export function readQueuedWebhookEvent(body: string): QueuedWebhookEvent {
  const { url, at, index, event } = JSON.parse(body) as Record<string, unknown>;
  const { name, channel } = (event ?? {}) as Record<string, unknown>;
  if (
    typeof url !== 'string' ||
    typeof at !== 'number' ||
    typeof index !== 'number' ||
    typeof name !== 'string' ||
    typeof channel !== 'string'
  ) {
    throw new TypeError(
      'a message of the webhook queue must carry url, a string, at and index, numbers, and event, an object with name and channel',
    );
  }
  return { url, at, index, event: event as WebhookEvent };
}
