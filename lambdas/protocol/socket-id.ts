/**
 * The Pusher name of a connection, derived from API Gateway's connection id and leading back to it, so that neither has to be
 * looked up. Server SDKs insist on `digits.digits` (pusher-http-php `validate_socket_id`).
 *
 * A connection id of API Gateway is 11 bytes in base64url: 88 bits, split into two numbers of 44. Since the id is documented as
 * opaque, any other string works too: then the first number is 2^44, which no half of 88 bits reaches, and the second
 * one holds the string's UTF-16 code units behind a leading 1.
 */
const HALF_BITS = 44n;
const HALF = 1n << HALF_BITS;

/** 15 characters of base64url hold 90 bits; the last character's two lowest are zero in what 11 bytes encode to. */
const GATEWAY_ID = /^[-A-Za-z0-9_]{14}[AEIMQUYcgkosw048]=$/;

const SOCKET_ID = /^(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** Longer ones come from nobody's connection, and parsing digits takes more than linear time. */
const MAX_SOCKET_ID_LENGTH = 256;

export function socketIdOf(connectionId: string): string {
  if (GATEWAY_ID.test(connectionId)) {
    const bits = BigInt(`0x${Buffer.from(connectionId, 'base64url').toString('hex')}`);
    return `${bits >> HALF_BITS}.${bits & (HALF - 1n)}`;
  }
  const units = Buffer.from(connectionId, 'utf16le').swap16().toString('hex');
  return `${HALF}.${BigInt(`0x1${units}`)}`;
}

/** The connection id that a socket id was made of; undefined when it was made of none. */
export function connectionIdOf(socketId: string): string | undefined {
  const [, first, second] = (socketId.length <= MAX_SOCKET_ID_LENGTH && SOCKET_ID.exec(socketId)) || [];
  if (first === undefined || second === undefined) return undefined;
  const [high, low] = [BigInt(first), BigInt(second)];
  if (high === HALF) return readUnits(low);
  if (high > HALF || low >= HALF) return undefined;
  const hex = ((high << HALF_BITS) | low).toString(16).padStart(22, '0');
  return `${Buffer.from(hex, 'hex').toString('base64url')}=`;
}

/** Whether it has the form of a socket id, ours or anybody's: what the server SDKs accept, of at most 256 characters. */
export function isSocketId(text: string): boolean {
  return text.length <= MAX_SOCKET_ID_LENGTH && /^\d+\.\d+$/.test(text);
}

function readUnits(low: bigint): string | undefined {
  const hex = low.toString(16);
  if (!hex.startsWith('1') || hex.length % 4 !== 1) return undefined;
  const connectionId = Buffer.from(hex.slice(1), 'hex').swap16().toString('utf16le');
  // A gateway id has its short form only; one connection must not have two names.
  return GATEWAY_ID.test(connectionId) ? undefined : connectionId;
}
