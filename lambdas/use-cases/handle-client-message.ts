import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { channelNameProblem } from '../protocol/channel.ts';
import { parseClientMessage } from '../protocol/client-message.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import type { Limits } from '../protocol/limits.ts';
import {
  nothing,
  pong,
  protocolError,
  rateLimitExceeded,
  subscriptionError,
  subscriptionSucceeded,
} from '../protocol/server-event.ts';
import { endConnection } from './end-connection.ts';
import { messageAllowance } from './message-allowance.ts';
import { type SubscribeRequest, subscribe } from './subscribe.ts';

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
export const handleClientMessage = (deps: {
  readonly connections: ConnectionStore;
  readonly subscriptions: SubscriptionStore;
  readonly gateway: ConnectionGateway;
  readonly secret: AppSecret;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly appKey: string; readonly channelPattern: string; readonly limits: Limits };
}) => {
  const { clock, logger } = deps;
  const { maxChannelNameLength, maxClientMessageBytes, maxClientMessagesPerSecond } = deps.settings.limits;
  const allowanceOf = messageAllowance(clock, maxClientMessagesPerSecond);
  const join = subscribe(deps);
  const end = endConnection(deps);

  return async (incoming: IncomingMessage): Promise<string> => {
    try {
      return await answer(incoming);
    } catch (error) {
      logger.error('message-failed', error, { connectionId: incoming.connectionId });
      return nothing();
    }
  };

  async function answer(incoming: IncomingMessage): Promise<string> {
    const { connectionId, identity } = incoming;
    const allowance = allowanceOf(connectionId);
    if (allowance !== 'allowed') {
      // Once: a line for each message would be one more thing that a client can have too much of.
      if (allowance === 'exceeded') logger.warn('client-too-fast', { connectionId });
      return rateLimitExceeded();
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
    switch (message.kind) {
      case 'malformed':
        return malformed(connectionId, message.problem);
      case 'ping':
        return pong();
      case 'subscribe':
        return await answerSubscribe({ ...incoming, ...message, askedAt: incoming.receivedAt });
      case 'unsubscribe':
        await leave(connectionId, message.channel, incoming.receivedAt);
        return nothing();
      case 'client-event':
        return protocolError(4301);
      case 'pong':
      case 'ignored':
        return nothing();
    }
  }

  async function answerSubscribe(request: SubscribeRequest): Promise<string> {
    const { channel, connectionId } = request;
    try {
      const result = await join(request);
      if (result.outcome === 'refused') return subscriptionError(channel, result.refusal);
      if (result.outcome === 'subscribed') return subscriptionSucceeded(channel);
      // A socket without a row would listen for ever and hear nothing; closed, its client comes back with one.
      logger.warn('connection-unknown', { connectionId });
      await end(connectionId);
      return nothing();
    } catch (error) {
      logger.error('subscription-failed', error, { connectionId });
      return subscriptionError(channel, {
        type: 'ServerError',
        error: 'The subscription could not be made; try again.',
        status: 500,
      });
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
