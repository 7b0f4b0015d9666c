import type { AppSecret } from '../ports/app-secret.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import type { Limits } from '../protocol/limits.ts';

/** One message as the `$default` route gets it. */
export interface IncomingMessage {
  readonly connectionId: string;
  /** Epoch milliseconds, from the request context. */
  readonly connectedAt: number;
  readonly body: string;
  readonly identity?: ConnectionIdentity;
}

/** Answers with the frame for the route response; undefined says nothing. */
export const handleClientMessage =
  (_deps: {
    readonly connections: ConnectionStore;
    readonly subscriptions: SubscriptionStore;
    readonly gateway: ConnectionGateway;
    readonly secret: AppSecret;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly settings: { readonly appKey: string; readonly channelPattern: string; readonly limits: Limits };
  }) =>
  async (_message: IncomingMessage): Promise<string | undefined> => {
    throw new Error('being written');
  };
