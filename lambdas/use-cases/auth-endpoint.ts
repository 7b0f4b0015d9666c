import type { Logger } from '../ports/logger.ts';
import { TokenRefused, type TokenVerifier, type VerifiedToken } from '../ports/token-verifier.ts';
import { tokenOfAuthorization } from '../protocol/access-token.ts';
import { corsHeaders, preflightHeaders } from '../protocol/cors.ts';
import { type HttpAnswer, jsonAnswer } from '../protocol/http-answer.ts';

export interface AuthRequest {
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

/** What is answered to whoever has a token; a refusal says why, in words for the developer. */
export type AuthAnswer =
  | { readonly status: 200; readonly body: object }
  | { readonly status: 400 | 403; readonly problem: string };

export interface AuthEndpointDependencies {
  readonly tokens: TokenVerifier;
  readonly logger: Logger;
  readonly settings: { readonly allowedOrigins: readonly string[] };
}

/**
 * What the two endpoints that sign for clients have in common: preflight, CORS headers, and the bearer token, without which the answer is 403, as
 * Laravel's own is. `answer` is for whoever has a valid one. Never throws.
 */
export const authEndpoint = (
  { tokens, logger, settings }: AuthEndpointDependencies,
  answer: (request: AuthRequest, token: VerifiedToken) => Promise<AuthAnswer>,
) => {
  const { allowedOrigins } = settings;

  return async (request: AuthRequest): Promise<HttpAnswer> => {
    if (request.method === 'OPTIONS') {
      return { status: 204, headers: preflightHeaders(request, allowedOrigins), body: '' };
    }
    const headers = corsHeaders(request, allowedOrigins);
    try {
      const token = await tokenOf(request.authorization);
      const answered: AuthAnswer =
        token === undefined
          ? { status: 403, problem: 'A valid bearer token is needed.' }
          : await answer(request, token);
      if ('body' in answered) return jsonAnswer(200, answered.body, headers);
      const { status, problem } = answered;
      logger.warn('channel-auth-refused', { status, reason: problem });
      return jsonAnswer(status, { message: problem }, headers);
    } catch (error) {
      logger.error('channel-auth-failed', error);
      return jsonAnswer(500, { message: 'Server Error' }, headers);
    }
  };

  async function tokenOf(authorization: string | undefined): Promise<VerifiedToken | undefined> {
    const token = tokenOfAuthorization(authorization);
    if (token === undefined) return undefined;
    try {
      return await tokens.verify(token);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      logger.warn('token-refused', { reason: error.message });
      return undefined;
    }
  }
};
