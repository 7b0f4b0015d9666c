import type { AppSecret } from '../ports/app-secret.ts';
import type { Logger } from '../ports/logger.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { type Channel, channelKindProblem, channelNameProblem, channelOf } from '../protocol/channel.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { expiryOf } from '../protocol/connection-lifetime.ts';
import type { Limits } from '../protocol/limits.ts';
import type { SubscriptionRefusal } from '../protocol/protocol-error.ts';
import { socketIdOf } from '../protocol/socket-id.ts';
import { isSubscriptionSigned } from '../protocol/subscription-auth.ts';
import { parseChannelPattern, tenantOf } from '../protocol/tenancy.ts';

export interface SubscribeRequest {
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** Epoch milliseconds. */
  readonly askedAt: number;
  readonly identity?: ConnectionIdentity;
  readonly channel: string;
  readonly auth?: string;
  readonly channelData?: string;
}

/** `gone`: there is no such connection to subscribe. */
export type Subscribed =
  | { readonly outcome: 'subscribed' }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'refused'; readonly refusal: SubscriptionRefusal };

/**
 * `pusher:subscribe`. Who may listen: anybody to a public channel, whoever has a valid signature to a private one. A connection with
 * a token needs no signature for the channels of its own tenant, and none helps it to those of another.
 */
export const subscribe = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly secret: AppSecret;
  readonly logger: Logger;
  readonly settings: {
    readonly appKey: string;
    readonly channelPattern: string;
    readonly limits: Pick<Limits, 'maxChannelNameLength' | 'maxChannelsPerConnection'>;
  };
}) => {
  const { appKey, limits } = deps.settings;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return async (request: SubscribeRequest): Promise<Subscribed> => {
    const { connectionId, channel, connectedAt, askedAt, identity } = request;
    const refuse = (refusal: SubscriptionRefusal): Subscribed => {
      deps.logger.warn('subscription-refused', { connectionId, type: refusal.type, reason: refusal.error });
      return { outcome: 'refused', refusal };
    };
    const refusal = await refusalOf(request);
    if (refusal !== undefined) return refuse(refusal);
    const expiresAt = expiryOf(connectedAt, identity);
    const outcome = await deps.subscriptions.subscribe({ connectionId, channel, expiresAt, askedAt });
    return outcome === 'too-many-channels' ? refuse(tooManyChannels()) : { outcome };
  };

  async function refusalOf(request: SubscribeRequest): Promise<SubscriptionRefusal | undefined> {
    const problem = channelNameProblem(request.channel, limits.maxChannelNameLength);
    if (problem !== undefined) return { type: 'InvalidChannel', error: problem, status: 400 };
    const channel = channelOf(request.channel);
    const error = channelKindProblem(channel.kind);
    if (error !== undefined) return { type: 'UnsupportedChannel', error, status: 400 };
    return await authorizationProblem(request, channel);
  }

  async function authorizationProblem(
    request: SubscribeRequest,
    channel: Channel,
  ): Promise<SubscriptionRefusal | undefined> {
    const tenant = tenantOf(pattern, channel.name);
    if (request.identity !== undefined && tenant !== undefined) {
      return tenant === request.identity.tenant
        ? undefined
        : unauthorized('The channel belongs to another tenant than the token of this connection.');
    }
    if (channel.kind.access === 'open') return undefined;
    const { auth = '', channelData } = request;
    if (auth === '') return unauthorized('The channel needs a signature; none was sent.');
    const subscription = {
      socketId: socketIdOf(request.connectionId),
      channel: channel.name,
      ...(channelData !== undefined && { channelData }),
    };
    const signed = await deps.secret.satisfying((secrets) =>
      isSubscriptionSigned(auth, appKey, secrets, subscription),
    );
    return signed ? undefined : unauthorized('The signature is not valid for this socket id and channel.');
  }

  function tooManyChannels(): SubscriptionRefusal {
    const error = `The connection is on ${limits.maxChannelsPerConnection} channels, as many as it may be.`;
    return { type: 'LimitReached', error, status: 403 };
  }
};

function unauthorized(error: string): SubscriptionRefusal {
  return { type: 'AuthError', error, status: 401 };
}
