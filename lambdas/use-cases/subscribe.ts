import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import type { UserStore } from '../ports/user-store.ts';
import { channelNameProblem, channelOf, isJoinedInOrder } from '../protocol/channel.ts';
import { expiryOf } from '../protocol/connection-lifetime.ts';
import type { Limits } from '../protocol/limits.ts';
import type { SubscriptionRefusal } from '../protocol/protocol-error.ts';
import { nothing, subscriptionError, subscriptionSucceeded } from '../protocol/server-event.ts';
import { type AccessRequest, channelAccess } from './channel-access.ts';
import { endUnknown } from './end-unknown.ts';
import { keepOut } from './keep-out.ts';
import { room } from './room.ts';

export interface SubscribeRequest extends AccessRequest {
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** Epoch milliseconds. */
  readonly askedAt: number;
}

export interface SubscribeDependencies {
  readonly connections: ConnectionStore;
  readonly subscriptions: SubscriptionStore;
  readonly presence: PresenceStore;
  readonly users: UserStore;
  readonly denials: DenialStore;
  readonly gateway: ConnectionGateway;
  readonly secret: AppSecret;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: {
    readonly appKey: string;
    readonly channelPattern: string;
    readonly denialInSeconds: number;
    readonly limits: Limits;
  };
}

/**
 * `pusher:subscribe`; resolves to the frame of the answer. Where success is told in the order of the channel there is none: whoever
 * broadcasts tells it. A refusal leaves the connection as it is.
 */
export const subscribe = (deps: SubscribeDependencies) => {
  const { logger, subscriptions } = deps;
  const { maxChannelNameLength, maxChannelsPerConnection } = deps.settings.limits;
  const accessOf = channelAccess(deps);
  const isKeptOut = keepOut(deps);
  const refusalForRoom = room(deps);
  const endUnknownConnection = endUnknown(deps);

  return async (request: SubscribeRequest): Promise<string> => {
    try {
      return await answer(request);
    } catch (error) {
      logger.error('subscription-failed', error, { connectionId: request.connectionId });
      return subscriptionError(request.channel, {
        type: 'ServerError',
        error: 'The subscription could not be made; try again.',
        status: 500,
      });
    }
  };

  async function answer(request: SubscribeRequest): Promise<string> {
    const { connectionId, channel, connectedAt, askedAt, identity } = request;
    const problem = channelNameProblem(channel, maxChannelNameLength);
    if (problem !== undefined)
      return refuse(request, { type: 'InvalidChannel', error: problem, status: 400 });
    const access = await accessOf(request);
    if ('refusal' in access) return refuse(request, access.refusal);
    const { member } = access;
    if (member !== undefined && (await isKeptOut(connectionId, member.userId))) return nothing();
    const refusal = await refusalForRoom({ ...request, ...access });
    if (refusal !== undefined) return refuse(request, refusal);

    const inOrder = isJoinedInOrder(channelOf(channel).kind);
    const outcome = await subscriptions.subscribe({
      connectionId,
      channel,
      expiresAt: expiryOf(connectedAt, identity),
      askedAt,
      inOrder,
      ...access,
    });
    if (outcome === 'gone') return await endUnknownConnection(connectionId);
    if (outcome === 'too-many-channels') return refuse(request, tooManyChannels());
    if (member !== undefined && (await isKeptOut(connectionId, member.userId))) return nothing();
    return inOrder ? nothing() : subscriptionSucceeded(channel);
  }

  function refuse({ connectionId, channel }: SubscribeRequest, refusal: SubscriptionRefusal): string {
    logger.warn('subscription-refused', { connectionId, type: refusal.type, reason: refusal.error });
    return subscriptionError(channel, refusal);
  }

  function tooManyChannels(): SubscriptionRefusal {
    const error = `The connection is on ${maxChannelsPerConnection} channels, as many as it may be.`;
    return { type: 'LimitReached', error, status: 403 };
  }
};
