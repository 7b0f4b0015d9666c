import type { ConnectionStore } from '../ports/connection-store.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { type Limits, MAX_FRAME_BYTES } from '../protocol/limits.ts';
import type { Member } from '../protocol/member.ts';
import type { SubscriptionRefusal } from '../protocol/protocol-error.ts';
import { presenceSubscriptionSucceeded } from '../protocol/server-event.ts';
import { parseChannelPattern, tenantOf } from '../protocol/tenancy.ts';

/**
 * Whether there is room for one more: for a member on its channel, and for a connection among those of the channel's tenant, where it is
 * counted then. Undefined when there is. Exact but for those who come at the same moment.
 */
export const room = (deps: {
  readonly connections: ConnectionStore;
  readonly presence: PresenceStore;
  readonly settings: {
    readonly channelPattern: string;
    readonly limits: Pick<Limits, 'maxMembersPerChannel' | 'maxConnectionsPerTenant'>;
  };
}) => {
  const { maxConnectionsPerTenant, maxMembersPerChannel } = deps.settings.limits;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return async (newcomer: {
    readonly connectionId: string;
    readonly identity?: ConnectionIdentity;
    readonly channel: string;
    readonly member?: Member;
  }): Promise<SubscriptionRefusal | undefined> => {
    const { channel, member } = newcomer;
    const refusal = member && (await refusalOnChannel(channel, member));
    return refusal ?? (await refusalAtTenant(newcomer));
  };

  async function refusalOnChannel(channel: string, member: Member): Promise<SubscriptionRefusal | undefined> {
    const others = (await deps.presence.membersOf(channel)).filter(({ userId }) => userId !== member.userId);
    if (others.length >= maxMembersPerChannel) {
      return full(`The channel has ${maxMembersPerChannel} members, as many as it may have.`);
    }
    // Nobody who comes could be told who is there.
    const bytes = Buffer.byteLength(presenceSubscriptionSucceeded(channel, [...others, member]));
    return bytes > MAX_FRAME_BYTES
      ? full(
          `With this member the list of members would have ${bytes} bytes; at most ${MAX_FRAME_BYTES} can be sent.`,
        )
      : undefined;
  }

  async function refusalAtTenant({
    connectionId,
    identity,
    channel,
  }: {
    readonly connectionId: string;
    readonly identity?: ConnectionIdentity;
    readonly channel: string;
  }): Promise<SubscriptionRefusal | undefined> {
    if (maxConnectionsPerTenant === null) return undefined;
    const tenant = tenantOf(pattern, channel);
    // A connection with a token was counted when it came.
    if (tenant === undefined || tenant === identity?.tenant) return undefined;
    return (await deps.connections.admit(connectionId, tenant, maxConnectionsPerTenant))
      ? undefined
      : full(`The tenant of the channel has ${maxConnectionsPerTenant} connections, as many as it may have.`);
  }
};

function full(error: string): SubscriptionRefusal {
  return { type: 'LimitReached', error, status: 403 };
}
