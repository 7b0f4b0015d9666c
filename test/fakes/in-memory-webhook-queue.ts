import { expect } from 'vitest';
import type { WebhookQueue, WebhookRepetition } from '../../lambdas/ports/webhook-queue.ts';
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

export class InMemoryWebhookRepetition implements WebhookRepetition {
  readonly postponed: { readonly receiptHandle: string; readonly inSeconds: number }[] = [];
  failure: Error | undefined;

  async postpone(
    messages: readonly { readonly receiptHandle: string; readonly inSeconds: number }[],
  ): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.postponed.push(...messages);
  }

  assertPostponed(inSecondsByHandle: Readonly<Record<string, number>>): void {
    expect(
      Object.fromEntries(this.postponed.map(({ receiptHandle, inSeconds }) => [receiptHandle, inSeconds])),
    ).toEqual(inSecondsByHandle);
  }

  assertNothingPostponed(): void {
    expect(this.postponed).toEqual([]);
  }
}
