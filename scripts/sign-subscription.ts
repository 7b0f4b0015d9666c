import { createHmac } from 'node:crypto';

/** `auth` of a private channel. Source: Pusher Channels, "Generating the authentication string". */
export function signSubscription(key: string, secret: string, socketId: string, channel: string): string {
  return `${key}:${createHmac('sha256', secret).update(`${socketId}:${channel}`).digest('hex')}`;
}
