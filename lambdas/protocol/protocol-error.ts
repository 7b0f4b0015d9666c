/**
 * Every code of `pusher:error`, in one place, with the message Reverb sends.
 * Clients act on the hundreds: 4000–4099 stop for good, 4100–4199 retry after a second, 4200–4299 retry at once,
 * 4300 and above change nothing. Source: Pusher Channels protocol 7, "Error codes"; laravel/reverb `src/Protocols/Pusher/Exceptions`.
 */
export const protocolErrors = {
  4001: 'Application does not exist',
  4004: 'Application is over connection quota',
  4009: 'Connection is unauthorized',
  4200: 'Invalid message format',
  4301: 'The app does not have client messaging enabled.',
} as const;

/** What Reverb sends with 4301 to a client that sends too much; the same code as above, since clients make nothing of either. */
export const RATE_LIMIT_EXCEEDED = 'Rate limit exceeded';

export type ProtocolErrorCode = keyof typeof protocolErrors;

/** Codes with which a connection can be refused by its first frame. */
export type RefusalCode = 4001 | 4004 | 4009;

/** Why a subscription was refused: `data` of `pusher:subscription_error`. */
export interface SubscriptionRefusal {
  readonly type: 'AuthError' | 'InvalidChannel' | 'UnsupportedChannel' | 'LimitReached' | 'ServerError';
  /** In words, for the developer who reads the client's console. */
  readonly error: string;
  /** The HTTP status that says the same. */
  readonly status: number;
}
