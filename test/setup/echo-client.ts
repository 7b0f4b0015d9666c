import Echo from 'laravel-echo';
import Pusher from 'pusher-js';
import type { TestExecution } from './execution.ts';

/** Laravel Echo on pusher-js, both unmodified, configured as a payments dashboard configures them. */
export function echoFor(
  execution: TestExecution,
  options: { token?: string; key?: string; authorizer?: unknown } = {},
): Echo<'reverb'> {
  return new Echo({
    broadcaster: 'reverb',
    Pusher,
    key: options.key ?? execution.outputs.AppKey,
    wsHost: execution.host,
    wsPort: execution.port,
    wssPort: execution.port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    authEndpoint: `${execution.local.url}/broadcasting/auth`,
    auth: { headers: { Authorization: `Bearer ${options.token ?? ''}` } },
    ...(options.authorizer === undefined ? {} : { authorizer: options.authorizer }),
  } as ConstructorParameters<typeof Echo<'reverb'>>[0]);
}

/** An authorizer that signs as Laravel's broadcaster does, with the app secret. */
export const laravelAuthorizer = (execution: TestExecution) => (channel: { name: string }) => ({
  authorize: (socketId: string, callback: (error: Error | null, auth: { auth: string }) => void) =>
    callback(null, { auth: execution.sign(socketId, channel.name) }),
});
