import { createHash, createHmac } from 'node:crypto';

/** Bytes of a master key. Source: https://pusher.com/docs/channels/using_channels/encrypted-channels/ */
export const MASTER_KEY_BYTES = 32;

/** It is part of every derived key: another label would make every encrypted channel unreadable. */
const LABEL = 'pregonero encryption master key';

/** 32 bytes in base64 with its padding, as the server SDKs take them. */
const MASTER_KEY = /^[A-Za-z0-9+/]{43}=$/;

/** The master key of an app that was given none: HMAC-SHA256 of a fixed label, with the app secret as its key. */
export function masterKeyOfSecret(secret: string): Uint8Array {
  return createHmac('sha256', secret).update(LABEL).digest();
}

/** A master key as it is written down; its error never says what stands there. */
export function readMasterKey(text: unknown): Uint8Array {
  if (typeof text === 'string' && MASTER_KEY.test(text)) return Buffer.from(text, 'base64');
  throw new Error(
    `encryptionMasterKey is not usable; expected ${MASTER_KEY_BYTES} bytes in base64, 44 characters, as ` +
      '"openssl rand -base64 32" prints them: put such a key there, or leave it out',
  );
}

/**
 * The `shared_secret` of an encrypted channel, in base64: SHA-256 of the channel's name followed by the master key. The server SDKs
 * encrypt with it and the client libraries decrypt. Source: pusher-http-node `lib/pusher.js`, `channelSharedSecret`.
 */
export function sharedSecretOf(masterKey: Uint8Array, channel: string): string {
  return createHash('sha256').update(channel).update(masterKey).digest('base64');
}
