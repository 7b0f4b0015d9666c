import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { NotificationLog } from '../ports/notification-log.ts';
import type { HttpAnswer } from '../protocol/http-answer.ts';
import type { Limits } from '../protocol/limits.ts';

export interface PublishRequest {
  readonly method: string;
  /** As it was signed: without a stage. */
  readonly path: string;
  /** The raw query string, without `?`. */
  readonly query: string;
  /** The app id of the path. */
  readonly appId: string;
  /** The body, decoded from base64 where API Gateway encoded it. */
  readonly body: Uint8Array;
}

/** `POST /apps/{appId}/events`. */
export const publishEvents =
  (_deps: {
    readonly log: NotificationLog;
    readonly secret: AppSecret;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly settings: { readonly appId: string; readonly appKey: string; readonly limits: Limits };
  }) =>
  async (_request: PublishRequest): Promise<HttpAnswer> => {
    throw new Error('being written');
  };
