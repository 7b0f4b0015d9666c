import type { Allowance } from '../ports/allowance.ts';
import type { Logger } from '../ports/logger.ts';
import type { NotificationLog } from '../ports/notification-log.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { type ChannelKind, channelNameProblem, channelOf } from '../protocol/channel.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { type Limits, MAX_FRAME_BYTES } from '../protocol/limits.ts';
import {
  eventDataTooLarge,
  eventNameTooLong,
  type ProtocolError,
  particularErrors,
} from '../protocol/protocol-error.ts';
import { clientEvent, nothing, protocolError } from '../protocol/server-event.ts';
import { socketIdOf } from '../protocol/socket-id.ts';
import { parseChannelPattern, tenantOf } from '../protocol/tenancy.ts';

export interface ClientEventRequest {
  readonly connectionId: string;
  readonly identity?: ConnectionIdentity;
  /** Begins with `client-`. */
  readonly event: string;
  readonly channel: string;
  /** JSON text. */
  readonly data: string;
}

/**
 * `client-…`: an event of one client for the others on a channel, which it goes to as every event of the channel does. Resolves to the frame of
 * the answer. `members`: only private and presence channels, and only of those that the sender is on. `all`: any channel that is not
 * encrypted, but a channel that belongs to a tenant stays its members'.
 * Sources: laravel/reverb `src/Protocols/Pusher/ClientEvent.php`, https://pusher.com/docs/channels/using_channels/events/#triggering-client-events
 */
export const relayClientEvent = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly log: NotificationLog;
  readonly allowance: Allowance;
  readonly logger: Logger;
  readonly settings: {
    readonly channelPattern: string;
    readonly clientEvents: 'members' | 'all' | 'none';
    readonly limits: Pick<Limits, 'maxChannelNameLength' | 'maxEventNameLength' | 'maxClientEventsPerSecond'>;
  };
}) => {
  const { clientEvents, limits } = deps.settings;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return async (request: ClientEventRequest): Promise<string> => {
    if (clientEvents === 'none') return protocolError(4301);
    // Nobody is on a channel that cannot be; its name could be too long for the key of a row.
    if (channelNameProblem(request.channel, limits.maxChannelNameLength) !== undefined) {
      return refuse(request, particularErrors.notAMember);
    }
    if (request.event.length > limits.maxEventNameLength) {
      return refuse(request, eventNameTooLong(limits.maxEventNameLength));
    }
    const { kind } = channelOf(request.channel);
    if (!takesClientEvents(kind)) return refuse(request, particularErrors.noClientEventsHere);
    return await relay(request, kind);
  };

  async function relay(request: ClientEventRequest, kind: ChannelKind): Promise<string> {
    const { connectionId, identity, event, channel, data } = request;
    const tenant = tenantOf(pattern, channel);
    if (identity !== undefined && tenant !== undefined && tenant !== identity.tenant) {
      return refuse(request, particularErrors.notAMember);
    }
    const forMembers = clientEvents === 'members' || tenant !== undefined;
    const sender =
      forMembers || kind.hasMembers ? await deps.subscriptions.find(connectionId, channel) : undefined;
    if (forMembers && sender === undefined) return refuse(request, particularErrors.notAMember);

    const { userId } = sender ?? {};
    const said = { event, channel, data, ...(userId !== undefined && { userId }) };
    if (Buffer.byteLength(clientEvent(said)) > MAX_FRAME_BYTES) {
      return refuse(request, eventDataTooLarge(MAX_FRAME_BYTES));
    }
    const { outcome } = await deps.allowance.take(
      `client-events#${connectionId}`,
      limits.maxClientEventsPerSecond,
    );
    // Not logged: there would be one line more of what there is too much of.
    if (outcome === 'exhausted') return protocolError(particularErrors.rateLimitExceeded);
    await deps.log.enter({ kind: 'client-event', ...said, socketId: socketIdOf(connectionId) });
    return nothing();
  }

  function takesClientEvents({ access, isEncrypted }: ChannelKind): boolean {
    // Who listens to an encrypted channel could not read it. Source: pusher-js `src/core/channels/encrypted_channel.ts`
    if (isEncrypted) return false;
    return access === 'signed' || (access === 'open' && clientEvents === 'all');
  }

  function refuse({ connectionId }: ClientEventRequest, error: ProtocolError): string {
    deps.logger.info('client-event-refused', { connectionId, reason: error.message });
    return protocolError(error);
  }
};
