import { socketIdOf } from '../../../lambdas/protocol/socket-id.ts';
import { signSubscription } from '../../../lambdas/protocol/subscription-auth.ts';
import {
  handleClientMessage,
  type IncomingMessage,
} from '../../../lambdas/use-cases/handle-client-message.ts';
import { APP_KEY, connected, NOW, SECRET, type World } from './world.ts';

export const sign = (channel: string, secret = SECRET, connectionId = 'a=') =>
  signSubscription(APP_KEY, secret, { socketId: socketIdOf(connectionId), channel });

export const subscribe = (channel: unknown, auth?: unknown, more: object = {}) =>
  JSON.stringify({ event: 'pusher:subscribe', data: { channel, auth, ...more } });

/** A connection that says something; resolves to the answer. */
export async function say(
  world: World,
  body: string,
  changes: Partial<IncomingMessage> = {},
): Promise<string | undefined> {
  if (!world.table.rows.has('a=')) await connected(world, 'a=');
  return await handleClientMessage(world)({
    connectionId: 'a=',
    connectedAt: NOW,
    receivedAt: NOW,
    body,
    ...changes,
  });
}
