import type { WebhookEvent } from '../protocol/webhook-event.ts';

/** What the API is told about. Endpoints that do not want an event are left out; without endpoints nothing happens. */
export interface WebhookQueue {
  /** Throws when an event could not be queued for one of its endpoints; called again, it may be queued twice. */
  publish(events: readonly WebhookEvent[]): Promise<void>;
}
