import type { AppSecret } from '../ports/app-secret.ts';
import type { Logger } from '../ports/logger.ts';
import { TokenRefused, type TokenVerifier } from '../ports/token-verifier.ts';
import { tokenOfAuthorization } from '../protocol/access-token.ts';
import { channelKindProblem, channelOf } from '../protocol/channel.ts';
import { readChannelAuthRequest } from '../protocol/channel-auth-request.ts';
import { corsHeaders, preflightHeaders } from '../protocol/cors.ts';
import { type HttpAnswer, jsonAnswer } from '../protocol/http-answer.ts';
import type { Limits } from '../protocol/limits.ts';
import { signSubscription } from '../protocol/subscription-auth.ts';
import { parseChannelPattern, tenantOf } from '../protocol/tenancy.ts';

export interface ChannelAuthRequest {
  readonly method: string;
  /** The `Origin` header. */
  readonly origin?: string;
  /** The `Access-Control-Request-Headers` header of a preflight. */
  readonly requestedHeaders?: string;
  /** The `Authorization` header. */
  readonly authorization?: string;
  /** The `Content-Type` header. */
  readonly contentType?: string;
  /** The body, decoded from base64 where API Gateway encoded it. */
  readonly body: Uint8Array;
}

/**
 * `POST /broadcasting/auth` and its preflight, with the CORS headers of both: signs a subscription to a channel of the tenant whose
 * token it is, and to no other. 403 as Laravel's own endpoint answers, 400 when the body asks for nothing that can
 * be signed. Never throws.
 */
export const authorizeChannel = (deps: {
  readonly tokens: TokenVerifier;
  readonly secret: AppSecret;
  readonly logger: Logger;
  readonly settings: {
    readonly appKey: string;
    readonly channelPattern: string;
    readonly allowedOrigins: readonly string[];
    readonly limits: Pick<Limits, 'maxChannelNameLength'>;
  };
}) => {
  const { appKey, allowedOrigins, limits } = deps.settings;
  const pattern = parseChannelPattern(deps.settings.channelPattern);

  return async (request: ChannelAuthRequest): Promise<HttpAnswer> => {
    if (request.method === 'OPTIONS') {
      return { status: 204, headers: preflightHeaders(request, allowedOrigins), body: '' };
    }
    const headers = corsHeaders(request, allowedOrigins);
    try {
      const { status, body } = await answer(request);
      return jsonAnswer(status, body, headers);
    } catch (error) {
      deps.logger.error('channel-auth-failed', error);
      return jsonAnswer(500, { message: 'Server Error' }, headers);
    }
  };

  async function answer(request: ChannelAuthRequest): Promise<{ status: number; body: object }> {
    const tenant = await tenantOfToken(request.authorization);
    if (tenant === undefined) return refuse(403, 'A valid bearer token is needed.');
    const wanted = readChannelAuthRequest(request.body, request.contentType, limits.maxChannelNameLength);
    if ('problem' in wanted) return refuse(400, wanted.problem);
    const unserved = channelKindProblem(channelOf(wanted.channel).kind);
    if (unserved !== undefined) return refuse(403, unserved);
    if (tenantOf(pattern, wanted.channel) !== tenant) {
      return refuse(403, 'The channel does not belong to the tenant of the token.');
    }
    const [secret] = await deps.secret.current();
    return { status: 200, body: { auth: signSubscription(appKey, secret, wanted) } };
  }

  async function tenantOfToken(authorization: string | undefined): Promise<string | undefined> {
    const token = tokenOfAuthorization(authorization);
    if (token === undefined) return undefined;
    try {
      return (await deps.tokens.verify(token)).tenant;
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      deps.logger.warn('token-refused', { reason: error.message });
      return undefined;
    }
  }

  function refuse(status: number, message: string): { status: number; body: object } {
    deps.logger.warn('channel-auth-refused', { status, reason: message });
    return { status, body: { message } };
  }
};
