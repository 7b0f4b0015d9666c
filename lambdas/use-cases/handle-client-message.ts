import type { Allowance } from '../ports/allowance.ts';
import type { NotificationLog } from '../ports/notification-log.ts';
import type { OccupancyStore } from '../ports/occupancy-store.ts';
import { channelNameProblem } from '../protocol/channel.ts';
import { parseClientMessage } from '../protocol/client-message.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { particularErrors } from '../protocol/protocol-error.ts';
import { nothing, pong, protocolError } from '../protocol/server-event.ts';
import { endConnection } from './end-connection.ts';
import { messageAllowance } from './message-allowance.ts';
import { relayClientEvent } from './relay-client-event.ts';
import { signIn } from './sign-in.ts';
import { type SubscribeDependencies, subscribe } from './subscribe.ts';

/** One message as the `$default` route gets it. */
export interface IncomingMessage {
  readonly connectionId: string;
  /** Epoch milliseconds, from the request context. */
  readonly connectedAt: number;
  /** Epoch milliseconds at which API Gateway took it. */
  readonly receivedAt: number;
  readonly body: string;
  readonly identity?: ConnectionIdentity;
}

/**
 * Answers every message with the frame for the route response. Never throws: what API Gateway sends to the client when a route
 * throws is a frame that no Pusher client knows.
 */
export const handleClientMessage = (
  deps: SubscribeDependencies & {
    readonly occupancy: OccupancyStore;
    readonly log: NotificationLog;
    readonly allowance: Allowance;
    readonly settings: { readonly clientEvents: 'members' | 'all' | 'none' };
  },
) => {
  const { clock, logger } = deps;
  const { maxChannelNameLength, maxClientMessageBytes, maxClientMessagesPerSecond } = deps.settings.limits;
  const allowanceOf = messageAllowance(clock, maxClientMessagesPerSecond);
  const join = subscribe(deps);
  const relay = relayClientEvent(deps);
  const signInUser = signIn(deps);
  const end = endConnection(deps);

  return async (incoming: IncomingMessage): Promise<string> => {
    try {
      return await answer(incoming);
    } catch (error) {
      logger.error('message-failed', error, { connectionId: incoming.connectionId });
      return protocolError(4302);
    }
  };

  async function answer(incoming: IncomingMessage): Promise<string> {
    const { connectionId, identity } = incoming;
    const allowance = allowanceOf(connectionId);
    if (allowance !== 'allowed') {
      // Once: a line for each message would be one more thing that a client can have too much of.
      if (allowance === 'exceeded') logger.warn('client-too-fast', { connectionId });
      return protocolError(particularErrors.rateLimitExceeded);
    }
    if (identity !== undefined && clock.now() >= identity.tokenExpiresAt * 1000) {
      logger.warn('token-expired', { connectionId });
      // Posted, not answered: an answer would come after the close.
      await end(connectionId, protocolError(4009));
      return nothing();
    }
    if (Buffer.byteLength(incoming.body) > maxClientMessageBytes) {
      return malformed(connectionId, `the message is longer than ${maxClientMessageBytes} bytes`);
    }
    const message = parseClientMessage(incoming.body);
    const askedAt = incoming.receivedAt;
    switch (message.kind) {
      case 'malformed':
        return malformed(connectionId, message.problem);
      case 'ping':
        return pong();
      case 'subscribe':
        return await join({ ...incoming, ...message, askedAt });
      case 'unsubscribe':
        await leave(connectionId, message.channel, askedAt);
        return nothing();
      case 'client-event':
        return await relay({ ...incoming, ...message });
      case 'sign-in':
        return await signInUser({ ...incoming, ...message, askedAt });
      case 'pong':
      case 'ignored':
        return nothing();
    }
  }

  async function leave(connectionId: string, channel: string, askedAt: number): Promise<void> {
    // Nobody is on a channel that cannot be; its name could be too long for the key of a row.
    if (channelNameProblem(channel, maxChannelNameLength) !== undefined) return;
    await deps.subscriptions.unsubscribe(connectionId, channel, askedAt);
  }

  function malformed(connectionId: string, problem: string): string {
    logger.info('message-malformed', { connectionId, problem });
    return protocolError(4200);
  }
};
