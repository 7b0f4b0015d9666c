import type { WebhookEvent } from '../protocol/webhook-event.ts';
import type { DatedWebhookEvent } from '../protocol/webhook-request.ts';

/** What the API is told about. Endpoints that do not want an event are left out; without endpoints nothing happens. */
export interface WebhookQueue {
  /** Throws when an event could not be queued for one of its endpoints; called again, it may be queued twice. */
  publish(events: readonly WebhookEvent[]): Promise<void>;
}

/** An event that waits for one endpoint. */
export interface QueuedWebhookEvent extends DatedWebhookEvent {
  readonly url: string;
  /** Among those that were published with it: the queue hands out in no order. */
  readonly index: number;
}
