/** `data` of `pusher:error`. */
export interface ProtocolError {
  readonly code: ProtocolErrorCode;
  readonly message: string;
}

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
  // Reverb blames the client for whatever goes wrong; soketi has a code for what is not its fault.
  4302: 'The server could not do what it was asked for; try again.',
} as const;

export type ProtocolErrorCode = keyof typeof protocolErrors;

/** Codes with which a connection can be refused by its first frame. */
export type RefusalCode = 4001 | 4004 | 4009;

/**
 * What a code says where there is more to say than its own message. An established connection's client makes nothing of the
 * code; the words are for whoever reads its console.
 * Sources: laravel/reverb `Exceptions/RateLimitExceeded.php`, `ClientEvent.php`; soketi `src/ws-handler.ts`.
 */
export const particularErrors = {
  rateLimitExceeded: { code: 4301, message: 'Rate limit exceeded' },
  notAMember: { code: 4009, message: 'The client is not a member of the specified channel.' },
  noClientEventsHere: {
    code: 4301,
    message: 'Client events are possible on private and presence channels only.',
  },
  signInNotAuthorized: { code: 4009, message: 'Connection not authorized.' },
  userWithoutId: { code: 4009, message: 'The returned user data must contain the "id" field.' },
  noChannelLeft: {
    code: 4009,
    message: 'The connection is on as many channels as it may be; signing in takes one.',
  },
  otherUser: { code: 4009, message: 'The connection is signed in as another user already.' },
} as const satisfies Readonly<Record<string, ProtocolError>>;

/** Source: soketi `src/ws-handler.ts` */
export function eventNameTooLong(maxLength: number): ProtocolError {
  return { code: 4301, message: `Event name is too long. Maximum allowed size is ${maxLength}.` };
}

/** Source: soketi `src/ws-handler.ts` */
export function eventDataTooLarge(maxBytes: number): ProtocolError {
  return { code: 4301, message: `The event data should be less than ${Math.floor(maxBytes / 1024)} KB.` };
}

/** What is wrong with the user data of a sign-in, besides a missing id: `problem` in words. */
export function wrongUserData(problem: string): ProtocolError {
  return { code: 4009, message: problem };
}

/** Why a subscription was refused: `data` of `pusher:subscription_error`. */
export interface SubscriptionRefusal {
  readonly type: 'AuthError' | 'InvalidChannel' | 'LimitReached' | 'ServerError';
  /** In words, for the developer who reads the client's console. */
  readonly error: string;
  /** The HTTP status that says the same. */
  readonly status: number;
}
