/**
 * One event of a webhook, as Pusher names and shapes them.
 * Source: https://pusher.com/docs/channels/server_api/webhooks/
 */
export type WebhookEvent =
  | { readonly name: 'channel_occupied' | 'channel_vacated' | 'cache_miss'; readonly channel: string }
  | {
      readonly name: 'member_added' | 'member_removed';
      readonly channel: string;
      readonly user_id: string;
    }
  | {
      readonly name: 'client_event';
      readonly channel: string;
      readonly event: string;
      /** JSON text. */
      readonly data: string;
      readonly socket_id: string;
      readonly user_id?: string;
    }
  | { readonly name: 'subscription_count'; readonly channel: string; readonly subscription_count: number };

export type WebhookEventName = WebhookEvent['name'];

/** Where events go to. Set in `lib/deployment-config.ts`. */
export interface WebhookEndpoint {
  readonly url: string;
  /** Which events; left out, all of them. */
  readonly events?: readonly WebhookEventName[];
  /** Only of channels whose names begin so; left out, of all. */
  readonly channelPrefix?: string;
  /** Sent along, for an endpoint that wants to know more than the signature. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Whether an endpoint is told of an event. Of channels that begin with `#` nobody is told anything: they are how users are reached,
 * and no channel of the app.
 */
export function wants({ events, channelPrefix = '' }: WebhookEndpoint, event: WebhookEvent): boolean {
  const { name, channel } = event;
  return !channel.startsWith('#') && channel.startsWith(channelPrefix) && (events?.includes(name) ?? true);
}
