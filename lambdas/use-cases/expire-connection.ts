import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { ExpirySchedule } from '../ports/queues.ts';

/** A message of the expiry queue. */
export interface ExpiryWake {
  readonly connectionId: string;
  /** Epoch seconds at which the connection has to be closed. */
  readonly at: number;
}

/** Closes a connection whose token has expired; woken early, it has itself woken again. */
export const expireConnection =
  (_deps: {
    readonly connections: ConnectionStore;
    readonly gateway: ConnectionGateway;
    readonly expiry: ExpirySchedule;
    readonly clock: Clock;
  }) =>
  async (_wake: ExpiryWake): Promise<void> => {
    throw new Error('being written');
  };
