import pusherJs from 'pusher-js';
import { signSubscription } from '../sign-subscription.ts';
import type { Deployment } from './deployment.ts';

// Its types describe a module with a default export; in Node the class is the module itself.
const Pusher = pusherJs as unknown as typeof pusherJs.default;

/** The server refused a subscription. */
export class SubscriptionRefused extends Error {
  override readonly name = 'SubscriptionRefused';
}

export interface ReceivedEvent {
  readonly event: string;
  readonly data: unknown;
  /** `performance.now()` */
  readonly at: number;
}

/** Matches the event of a notification with that id. */
export const hasId =
  (id: string) =>
  (event: ReceivedEvent): boolean =>
    (event.data as { id?: unknown } | null)?.id === id;

/** One browser, so to speak: `pusher-js`, unmodified, whose channels are signed with the secret it is given. */
export class Listener {
  private readonly client: InstanceType<typeof Pusher>;
  private readonly received: ReceivedEvent[] = [];
  private wake = (): void => {};

  constructor(deployment: Deployment, secret: string) {
    const { url, appKey } = deployment;
    const secure = url.protocol === 'https:';
    const port = Number(url.port) || (secure ? 443 : 80);
    this.client = new Pusher(appKey, {
      cluster: '',
      wsHost: url.hostname,
      wsPort: port,
      wssPort: port,
      forceTLS: secure,
      enabledTransports: ['ws', 'wss'],
      channelAuthorization: {
        customHandler: ({ socketId, channelName }, callback) =>
          callback(null, { auth: signSubscription(appKey, secret, socketId, channelName) }),
      },
    });
    this.client.bind_global((event: string, data: unknown) => {
      if (event.startsWith('pusher:')) return;
      this.received.push({ event, data, at: performance.now() });
      this.wake();
    });
  }

  /** Everything but the protocol's own events, whatever its channel. */
  get events(): readonly ReceivedEvent[] {
    return this.received;
  }

  /** Rejects with {@link SubscriptionRefused}, or a `TimeoutError`. */
  subscribe(channelName: string, timeoutInMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const channel = this.client.subscribe(channelName);
      channel.bind('pusher:subscription_succeeded', () => resolve());
      channel.bind('pusher:subscription_error', ({ status, error }: { status?: number; error?: string }) =>
        reject(new SubscriptionRefused(`${status ?? ''} ${error ?? ''}`.trim())),
      );
      AbortSignal.timeout(timeoutInMs).addEventListener('abort', ({ target }) =>
        reject((target as AbortSignal).reason),
      );
    });
  }

  /** The first event that matches, past or to come; undefined when none does in time. */
  async hears(
    matches: (event: ReceivedEvent) => boolean,
    timeoutInMs: number,
  ): Promise<ReceivedEvent | undefined> {
    const deadline = AbortSignal.timeout(timeoutInMs);
    for (;;) {
      const event = this.received.find(matches);
      if (event !== undefined || deadline.aborted) return event;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        deadline.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  disconnect(): void {
    this.client.disconnect();
  }
}
