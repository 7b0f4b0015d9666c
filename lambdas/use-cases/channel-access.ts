import type { AppSecret } from '../ports/app-secret.ts';
import type { UserStore } from '../ports/user-store.ts';
import { type Channel, channelOf } from '../protocol/channel.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import type { Limits } from '../protocol/limits.ts';
import { type Member, memberOf, readMember } from '../protocol/member.ts';
import type { SubscriptionRefusal } from '../protocol/protocol-error.ts';
import { socketIdOf } from '../protocol/socket-id.ts';
import { isSubscriptionSigned } from '../protocol/subscription-auth.ts';
import { parseChannelPattern, tenantOf } from '../protocol/tenancy.ts';

export interface AccessRequest {
  readonly connectionId: string;
  readonly identity?: ConnectionIdentity;
  /** A name that a channel can have. */
  readonly channel: string;
  readonly auth?: string;
  readonly channelData?: string;
}

/** `member`: as whom, on channels that have members. */
export type Access = { readonly member?: Member } | { readonly refusal: SubscriptionRefusal };

/**
 * Who may listen: anybody to an open channel, whoever has a valid signature to the others, and to its own channel the user who has signed in. A
 * connection with a token needs no signature for the channels of its own tenant, and none helps it to those of another. Who it is on a presence
 * channel is believed when it is signed; else it is the user of the token, or who has signed in.
 */
export const channelAccess = (deps: {
  readonly users: UserStore;
  readonly secret: AppSecret;
  readonly settings: {
    readonly appKey: string;
    readonly channelPattern: string;
    readonly limits: Pick<Limits, 'maxUserInfoBytes'>;
  };
}) => {
  const { appKey, limits } = deps.settings;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return async (request: AccessRequest): Promise<Access> => {
    const channel = channelOf(request.channel);
    switch (channel.kind.access) {
      case 'open':
        return {};
      case 'nobody':
        return refused('InvalidChannel', 'Names that begin with # are reserved; nobody can subscribe.', 400);
      case 'own-user':
        return await accessOfUser(request, channel);
      case 'signed':
        return await accessBySignature(request, channel);
    }
  };

  async function accessOfUser({ connectionId }: AccessRequest, { baseName }: Channel): Promise<Access> {
    return (await deps.users.signedInUser(connectionId)) === baseName
      ? {}
      : unauthorized('The channel is its user’s; the connection has not signed in as that user.');
  }

  async function accessBySignature(request: AccessRequest, channel: Channel): Promise<Access> {
    const { identity, auth = '' } = request;
    const { hasMembers } = channel.kind;
    const tenant = tenantOf(pattern, channel.name);
    if (identity !== undefined && tenant !== undefined) {
      if (tenant !== identity.tenant) {
        return unauthorized('The channel belongs to another tenant than the token of this connection.');
      }
      if (!hasMembers) return {};
      if (auth === '') return accessAs(memberOf(identity.user).channelData);
    }
    if (auth === '') return unauthorized('The channel needs a signature; none was sent.');
    if (!(await isSigned(request, auth))) {
      return unauthorized('The signature is not valid for this socket id and channel.');
    }
    return hasMembers ? await accessOfMember(request) : {};
  }

  async function isSigned(request: AccessRequest, auth: string): Promise<boolean> {
    const { connectionId, channel, channelData } = request;
    const subscription = {
      socketId: socketIdOf(connectionId),
      channel,
      ...(channelData !== undefined && { channelData }),
    };
    return await deps.secret.satisfying((secrets) =>
      isSubscriptionSigned(auth, appKey, secrets, subscription),
    );
  }

  /** Whoever has signed in need not say again who it is. Source: pusher-js `src/core/channels/presence_channel.ts` */
  async function accessOfMember({ connectionId, channelData }: AccessRequest): Promise<Access> {
    if (channelData !== undefined) return accessAs(channelData);
    const user = await deps.users.signedInUser(connectionId);
    return user === undefined
      ? refused('InvalidChannel', 'A presence channel needs channel_data with a user_id; none was sent.', 400)
      : accessAs(memberOf(user).channelData);
  }

  function accessAs(channelData: string): Access {
    const member = readMember(channelData, limits);
    return 'problem' in member ? refused('InvalidChannel', member.problem, 400) : { member };
  }
};

function unauthorized(error: string): Access {
  return refused('AuthError', error, 401);
}

function refused(type: SubscriptionRefusal['type'], error: string, status: number): Access {
  return { refusal: { type, error, status } };
}
