import type { AppSecret } from '../ports/app-secret.ts';
import type { VerifiedToken } from '../ports/token-verifier.ts';
import { channelOf } from '../protocol/channel.ts';
import { type ChannelAuthorization, readChannelAuthRequest } from '../protocol/channel-auth-request.ts';
import { sharedSecretOf } from '../protocol/encryption-key.ts';
import type { Limits } from '../protocol/limits.ts';
import { readMember } from '../protocol/member.ts';
import { signSubscription } from '../protocol/subscription-auth.ts';
import { parseChannelPattern, tenantOf } from '../protocol/tenancy.ts';
import { type AuthAnswer, type AuthEndpointDependencies, authEndpoint } from './auth-endpoint.ts';

/**
 * `POST /broadcasting/auth` and its preflight: signs a subscription to a channel of the tenant whose token it is, and to no other. On a presence
 * channel the member is the user of the token; for an encrypted channel the answer has its key. 403 as Laravel's own endpoint
 * answers, 400 when the body asks for nothing that can be signed. Never throws.
 */
export const authorizeChannel = (
  deps: AuthEndpointDependencies & {
    readonly secret: AppSecret;
    readonly settings: {
      readonly appKey: string;
      readonly channelPattern: string;
      readonly limits: Pick<Limits, 'maxChannelNameLength' | 'maxUserInfoBytes'>;
    };
  },
) => {
  const { appKey, limits } = deps.settings;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return authEndpoint(deps, async ({ body, contentType }, token) => {
    const wanted = readChannelAuthRequest(body, contentType, limits.maxChannelNameLength);
    if ('problem' in wanted) return { status: 400, ...wanted };
    if (tenantOf(pattern, wanted.channel) !== token.tenant) {
      return { status: 403, problem: 'The channel does not belong to the tenant of the token.' };
    }
    return await sign(wanted, token);
  });

  async function sign(wanted: ChannelAuthorization, token: VerifiedToken): Promise<AuthAnswer> {
    const { hasMembers, isEncrypted } = channelOf(wanted.channel).kind;
    const channelData = hasMembers ? channelDataOf(token) : undefined;
    const member = channelData === undefined ? undefined : readMember(channelData, limits);
    if (member !== undefined && 'problem' in member) return { status: 403, ...member };
    const [secret] = await deps.secret.current();
    return {
      status: 200,
      body: {
        auth: signSubscription(appKey, secret, {
          ...wanted,
          ...(channelData !== undefined && { channelData }),
        }),
        ...(channelData !== undefined && { channel_data: channelData }),
        ...(isEncrypted && {
          shared_secret: sharedSecretOf(await deps.secret.encryptionMasterKey(), wanted.channel),
        }),
      },
    };
  }
};

function channelDataOf({ user, userInfo }: VerifiedToken): string {
  return JSON.stringify({ user_id: user, ...(userInfo !== undefined && { user_info: userInfo }) });
}
