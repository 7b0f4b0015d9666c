import { createHmac } from 'node:crypto';
import { secureEqualsAny } from './secure-compare.ts';

/** What the signature of a sign-in is about. `userData` is the string as it is sent. */
export interface SignedUser {
  readonly socketId: string;
  readonly userData: string;
}

/**
 * The `auth` of a sign-in: `key:signature`, the signature being the hex HMAC-SHA256 of `socket_id::user::user_data`.
 * Source: https://pusher.com/docs/channels/library_auth_reference/auth-signatures/#user-authentication
 */
export function signUser(appKey: string, secret: string, { socketId, userData }: SignedUser): string {
  const signed = `${socketId}::user::${userData}`;
  return `${appKey}:${createHmac('sha256', secret).update(signed).digest('hex')}`;
}

/** Whether `auth` was made with this key and one of the secrets. The whole `key:signature` is compared. */
export function isUserSigned(
  auth: string,
  appKey: string,
  secrets: readonly string[],
  user: SignedUser,
): boolean {
  return secureEqualsAny(
    auth,
    secrets.map((secret) => signUser(appKey, secret, user)),
  );
}
