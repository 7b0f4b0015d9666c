import { expect } from 'vitest';
import type { WebhookOutcome, WebhookSender } from '../../lambdas/ports/webhook-sender.ts';
import type { WebhookEndpoint, WebhookEvent } from '../../lambdas/protocol/webhook-event.ts';
import type { WebhookRequest } from '../../lambdas/protocol/webhook-request.ts';

/** Servers that answer 200 until they are told otherwise. */
export class FakeWebhookEndpoints implements WebhookSender {
  readonly requests: { readonly url: string; readonly body: string }[] = [];
  readonly #always = new Map<string, number | undefined>();
  readonly #next = new Map<string, (number | undefined)[]>();
  /** Called before an endpoint answers; for whoever lets time pass. */
  onRequest: (url: string) => Promise<void> | void = () => {};

  async send({ url }: WebhookEndpoint, { body }: WebhookRequest): Promise<WebhookOutcome> {
    this.requests.push({ url, body });
    await this.onRequest(url);
    const next = this.#next.get(url) ?? [];
    const always = this.#always.has(url) ? this.#always.get(url) : 200;
    const status = next.length > 0 ? next.shift() : always;
    if (status === undefined) return { outcome: 'unreachable', reason: 'ECONNREFUSED' };
    return status >= 200 && status < 300 ? { outcome: 'delivered' } : { outcome: 'refused', status };
  }

  /** Undefined: it does not answer. */
  answer(url: string, status: number | undefined): void {
    this.#always.set(url, status);
  }

  answerNext(url: string, ...statuses: (number | undefined)[]): void {
    this.#next.set(url, statuses);
  }

  /** The channels of the events of each request to that URL, in order. */
  assertRequests(url: string, ...channelsOfEach: string[][]): void {
    const requests = this.requests.filter((request) => request.url === url);
    expect(
      requests.map(({ body }) => (JSON.parse(body).events as WebhookEvent[]).map(({ channel }) => channel)),
    ).toEqual(channelsOfEach);
  }
}
