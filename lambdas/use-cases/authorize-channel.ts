import type { AppSecret } from '../ports/app-secret.ts';
import type { Logger } from '../ports/logger.ts';
import type { TokenVerifier } from '../ports/token-verifier.ts';
import type { HttpAnswer } from '../protocol/http-answer.ts';
import type { Limits } from '../protocol/limits.ts';

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

/** `POST /broadcasting/auth` and its preflight, with the CORS headers of both. */
export const authorizeChannel =
  (_deps: {
    readonly tokens: TokenVerifier;
    readonly secret: AppSecret;
    readonly logger: Logger;
    readonly settings: {
      readonly appKey: string;
      readonly channelPattern: string;
      readonly allowedOrigins: readonly string[];
      readonly limits: Limits;
    };
  }) =>
  async (_request: ChannelAuthRequest): Promise<HttpAnswer> => {
    throw new Error('being written');
  };
