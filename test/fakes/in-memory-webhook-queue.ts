import { expect } from 'vitest';
import type { WebhookQueue } from '../../lambdas/ports/webhook-queue.ts';
import type { WebhookEvent } from '../../lambdas/protocol/webhook-event.ts';

/** Takes every event, as if an endpoint wanted all of them. */
export class InMemoryWebhookQueue implements WebhookQueue {
  readonly events: WebhookEvent[] = [];
  #failures = 0;

  async publish(events: readonly WebhookEvent[]): Promise<void> {
    if (this.#failures > 0) {
      this.#failures -= 1;
      throw new Error('the queue is not to be reached');
    }
    this.events.push(...events);
  }

  failNext(times = 1): void {
    this.#failures = times;
  }

  /** Exactly these, in this order. */
  assertPublished(...events: WebhookEvent[]): void {
    expect(this.events).toEqual(events);
  }

  /** What a channel's events are, in their order. */
  assertPublishedOf(channel: string, ...names: WebhookEvent['name'][]): void {
    const published = this.events.filter((event) => event.channel === channel);
    expect(published.map(({ name }) => name)).toEqual(names);
  }

  assertNothingPublished(): void {
    expect(this.events).toEqual([]);
  }
}
