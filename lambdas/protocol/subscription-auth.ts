import { createHmac } from 'node:crypto';
import { secureEqualsAny } from './secure-compare.ts';

/** What a subscription's signature is about. `channelData` is the string as it is sent, when it is sent. */
export interface SignedSubscription {
  readonly socketId: string;
  readonly channel: string;
  readonly channelData?: string;
}

/**
 * The `auth` of a subscription: `key:signature`, the signature being the hex HMAC-SHA256 of `socket_id:channel` or
 * `socket_id:channel:channel_data`.
 * Source: https://pusher.com/docs/channels/library_auth_reference/auth-signatures/
 */
export function signSubscription(appKey: string, secret: string, subscription: SignedSubscription): string {
  const { socketId, channel, channelData } = subscription;
  const signed = [socketId, channel, ...(channelData === undefined ? [] : [channelData])].join(':');
  return `${appKey}:${createHmac('sha256', secret).update(signed).digest('hex')}`;
}

/** Whether `auth` was made with this key and one of the secrets. The whole `key:signature` is compared. */
export function isSubscriptionSigned(
  auth: string,
  appKey: string,
  secrets: readonly string[],
  subscription: SignedSubscription,
): boolean {
  return secureEqualsAny(
    auth,
    secrets.map((secret) => signSubscription(appKey, secret, subscription)),
  );
}
