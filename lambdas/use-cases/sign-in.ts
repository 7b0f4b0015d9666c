import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { OccupancyStore } from '../ports/occupancy-store.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import type { UserStore } from '../ports/user-store.ts';
import { channelOfUser } from '../protocol/channel.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { expiryOf } from '../protocol/connection-lifetime.ts';
import { type ProtocolError, particularErrors } from '../protocol/protocol-error.ts';
import { nothing, protocolError, signInSucceeded, watchlistEvents } from '../protocol/server-event.ts';
import { socketIdOf } from '../protocol/socket-id.ts';
import { isUserSigned } from '../protocol/user-auth.ts';
import { readUserData, type SignedInUser } from '../protocol/user-data.ts';
import { endUnknown } from './end-unknown.ts';
import { keepOut } from './keep-out.ts';

export interface SignInRequest {
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** Epoch milliseconds. */
  readonly askedAt: number;
  readonly identity?: ConnectionIdentity;
  readonly auth: string;
  /** JSON text of an object. */
  readonly userData: string;
}

/**
 * `pusher:signin`; resolves to the frame of the answer. The connection is then on the channel of its user, whether its client asks for that
 * or not, and is told who of its watchlist is there. Whoever may not is told so and stays connected: closed, its client would come
 * back with the same.
 * Sources: https://pusher.com/docs/channels/using_channels/user-authentication/, pusher-js `src/core/user.ts`
 */
export const signIn = (deps: {
  readonly connections: ConnectionStore;
  readonly subscriptions: SubscriptionStore;
  readonly users: UserStore;
  readonly occupancy: OccupancyStore;
  readonly denials: DenialStore;
  readonly gateway: ConnectionGateway;
  readonly secret: AppSecret;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly appKey: string; readonly denialInSeconds: number };
}) => {
  const { logger, settings, subscriptions, users } = deps;
  const isKeptOut = keepOut(deps);
  const endUnknownConnection = endUnknown(deps);

  return async (request: SignInRequest): Promise<string> => {
    const { connectionId, auth, userData } = request;
    const signed = { socketId: socketIdOf(connectionId), userData };
    if (!(await deps.secret.satisfying((secrets) => isUserSigned(auth, settings.appKey, secrets, signed)))) {
      return refuse(request, particularErrors.signInNotAuthorized);
    }
    const user = readUserData(userData);
    if ('error' in user) return refuse(request, user.error);
    const present = await users.signedInUser(connectionId);
    if (present !== undefined && present !== user.id) return refuse(request, particularErrors.otherUser);
    if (await isKeptOut(connectionId, user.id)) return nothing();
    return await admit(request, user);
  };

  async function admit(request: SignInRequest, { id, watchlist }: SignedInUser): Promise<string> {
    const { connectionId, connectedAt, askedAt, identity, userData } = request;
    const expiresAt = expiryOf(connectedAt, identity);
    const outcome = await subscriptions.subscribe({
      connectionId,
      channel: channelOfUser(id),
      expiresAt,
      askedAt,
      inOrder: false,
    });
    if (outcome === 'too-many-channels') return refuse(request, particularErrors.noChannelLeft);
    const claimed =
      outcome === 'gone' ? outcome : await users.claim({ connectionId, userId: id, expiresAt, watchlist });
    if (claimed === 'gone') return await endUnknownConnection(connectionId);
    if (await isKeptOut(connectionId, id)) return nothing();
    const success = signInSucceeded(userData);
    return watchlist.length === 0 ? success : await tellOfOthers(connectionId, success, watchlist);
  }

  /** Two frames, of which an answer can be only one: the first is posted. */
  async function tellOfOthers(
    connectionId: string,
    success: string,
    watchlist: readonly string[],
  ): Promise<string> {
    const occupied = await deps.occupancy.occupiedOf(watchlist.map(channelOfUser));
    const isOnline = (id: string): boolean => occupied.has(channelOfUser(id));
    const outcome = await deps.gateway.post(connectionId, success);
    if (outcome === 'delivered') {
      return watchlistEvents({
        online: watchlist.filter(isOnline),
        offline: watchlist.filter((id) => !isOnline(id)),
      });
    }
    // Of the two it is the one that has to arrive.
    logger.warn('watchlist-not-told', { connectionId, outcome });
    return success;
  }

  function refuse({ connectionId }: SignInRequest, error: ProtocolError): string {
    logger.warn('sign-in-refused', { connectionId, reason: error.message });
    return protocolError(error);
  }
};
