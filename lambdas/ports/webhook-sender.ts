import type { WebhookEndpoint } from '../protocol/webhook-event.ts';
import type { WebhookRequest } from '../protocol/webhook-request.ts';

/** What an endpoint answered: any status of 200 to 299 is a yes; `unreachable` says in one word why there was no answer in time. */
export type WebhookOutcome =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'refused'; readonly status: number }
  | { readonly outcome: 'unreachable'; readonly reason: string };

export interface WebhookSender {
  /** One attempt, of {@link file://../adapters/http/webhook-sender.ts five seconds} at most; who calls decides about another. */
  send(endpoint: WebhookEndpoint, request: WebhookRequest): Promise<WebhookOutcome>;
}
