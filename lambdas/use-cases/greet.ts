import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { Connection, ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { ExpirySchedule } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';

export const greet =
  (_deps: {
    readonly connections: ConnectionStore;
    readonly subscriptions: SubscriptionStore;
    readonly gateway: ConnectionGateway;
    readonly expiry: ExpirySchedule;
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
    readonly settings: { readonly channelPattern: string; readonly activityTimeoutInSeconds: number };
  }) =>
  async (_connection: Connection): Promise<void> => {
    throw new Error('being written');
  };
