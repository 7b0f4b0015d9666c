import type PusherServer from 'pusher';
import PusherModule, { type Options } from 'pusher-js';
import type { TestExecution } from './execution.ts';

export type Pusher = PusherModule.default;

/** Its types are those of its ES module; what Node loads is the class itself. */
const Pusher = PusherModule as unknown as typeof PusherModule.default;

/** Who a client's API says it is. */
export interface TestUser {
  readonly id: string | number;
  readonly info?: object;
  readonly watchlist?: readonly string[];
}

/** pusher-js, unmodified; whatever it asks to be signed is signed by the server SDK, as an API does. */
export function pusherFor(
  execution: TestExecution,
  server: PusherServer,
  user: TestUser = { id: 'somebody' },
  options: Partial<Options> = {},
): Pusher {
  return new Pusher(execution.outputs.AppKey as string, {
    cluster: '',
    wsHost: execution.host,
    wsPort: execution.port,
    wssPort: execution.port,
    forceTLS: false,
    disableStats: true,
    enabledTransports: ['ws'],
    channelAuthorization: {
      transport: 'ajax',
      endpoint: '',
      customHandler({ socketId, channelName }, callback) {
        callback(null, signedFor(server, socketId, channelName, user));
      },
    },
    userAuthentication: {
      transport: 'ajax',
      endpoint: '',
      customHandler({ socketId }, callback) {
        const { id, info, watchlist } = user;
        callback(
          null,
          server.authenticateUser(socketId, { id: String(id), user_info: info, watchlist } as never),
        );
      },
    },
    ...options,
  });
}

/** What an API's `/broadcasting/auth` answers for that user. */
export function signedFor(server: PusherServer, socketId: string, channel: string, { id, info }: TestUser) {
  return channel.startsWith('presence-')
    ? server.authorizeChannel(socketId, channel, { user_id: id, user_info: info } as never)
    : server.authorizeChannel(socketId, channel);
}

/** Resolves with what `subscription_succeeded` says; rejects with what an error says. */
export function subscribed(pusher: Pusher, channel: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const subscription = pusher.subscribe(channel);
    subscription.bind('pusher:subscription_succeeded', resolve);
    subscription.bind('pusher:subscription_error', (error: unknown) =>
      reject(new Error(JSON.stringify(error))),
    );
  });
}

/** Everything that a channel hears under these names, in its order. */
export function heardOn(
  pusher: Pusher,
  channel: string,
  ...events: readonly string[]
): { event: string; data: unknown }[] {
  const heard: { event: string; data: unknown }[] = [];
  const subscription = pusher.channel(channel) ?? pusher.subscribe(channel);
  for (const event of events) subscription.bind(event, (data: unknown) => heard.push({ event, data }));
  return heard;
}

/** Signs the user of the client in, and resolves when that has succeeded. */
export async function signIn(pusher: Pusher): Promise<void> {
  const success = new Promise<void>((resolve) => pusher.bind('pusher:signin_success', () => resolve()));
  pusher.signin();
  await success;
}
