import Echo from 'laravel-echo';
import Pusher from 'pusher-js';
import { channelOf, eventName } from '../commerces.ts';
import { RenewedSession } from './session.ts';

export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'failed';

export interface ConnectionReport {
  readonly state: ConnectionState;
  readonly socketId?: string;
  /** Why it failed, for the person who looks at the page. */
  readonly reason?: string;
}

export interface LiveConnectionListeners {
  /** The event of the commerce's own channel. */
  onNotification(event: unknown): void;
  /** Whatever arrives on this socket, of any channel and any name: the witness of what leaked. */
  onAnything(data: unknown): void;
  onState(report: ConnectionReport): void;
}

/**
 * Laravel Echo on pusher-js for one commerce, as any dashboard of the API has it. Each commerce brings headers of its
 * own: Echo's default `auth` is one object for all instances, so a `bearerToken` would be everybody's.
 */
export async function connectCommerce(commerceId: number, listeners: LiveConnectionListeners): Promise<void> {
  listeners.onState({ state: 'connecting' });
  const session = await RenewedSession.open(commerceId, (reason) =>
    listeners.onState({ state: 'failed', reason }),
  );
  const secure = location.protocol === 'https:';
  const port = Number(location.port) || (secure ? 443 : 80);

  const echo = new Echo({
    broadcaster: 'reverb',
    Pusher,
    key: session.key,
    wsHost: location.hostname,
    wsPort: port,
    wssPort: port,
    forceTLS: secure,
    enabledTransports: ['ws', 'wss'],
    authEndpoint: '/broadcasting/auth',
    auth: {
      headers: {
        get Authorization() {
          return `Bearer ${session.token}`;
        },
      },
    },
  });

  echo.private(channelOf(commerceId)).listen(`.${eventName}`, listeners.onNotification);
  echo.connector.pusher.bind_global((event: string, data: unknown) => {
    if (!event.startsWith('pusher:')) listeners.onAnything(data);
  });
  reportState(echo, commerceId, listeners, session);
}

const RETRY_SUBSCRIPTION_IN_MS = 2_000;

/** Connected means subscribed: a socket that hears nothing is of no use to whoever looks at the page. */
function reportState(
  echo: Echo<'reverb'>,
  commerceId: number,
  { onState }: LiveConnectionListeners,
  session: RenewedSession,
): void {
  const { connection } = echo.connector.pusher;
  let wasConnected = false;
  let refusal: string | undefined;

  connection.bind('error', (failure: PusherFailure) => {
    const { code, message } = failure.error?.data ?? failure.data ?? {};
    if (code !== undefined) refusal = `${message} (${code})`;
  });
  const showAttempt = (): void => onState({ state: wasConnected ? 'reconnecting' : 'connecting' });
  // A socket that closes leaves the state at "connected" until the next attempt begins, a second later.
  connection.bind('connecting_in', showAttempt);
  connection.bind('state_change', ({ current }: { current: string }) => {
    if (current === 'connected') refusal = undefined;
    else if (current === 'failed' || current === 'disconnected') {
      onState({ state: 'failed', reason: refusal ?? 'el servidor cerró la conexión' });
    } else showAttempt();
  });

  const channel = echo.private(channelOf(commerceId));
  channel.subscribed(() => {
    wasConnected = true;
    onState({ state: 'connected', socketId: connection.socket_id });
  });
  channel.error(async ({ status }: { status?: number }) => {
    onState({ state: 'failed', reason: `el canal no fue autorizado${status ? ` (${status})` : ''}` });
    await new Promise((resolve) => setTimeout(resolve, RETRY_SUBSCRIPTION_IN_MS));
    await session.renew();
    if (connection.state === 'connected') channel.subscribe();
  });
}

/** A `pusher:error` frame as pusher-js passes it on: bare after the greeting, wrapped before it. */
interface PusherFailure {
  readonly data?: { readonly code?: number; readonly message?: string };
  readonly error?: { readonly data?: { readonly code?: number; readonly message?: string } };
}
