import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { ExpirySchedule } from '../ports/queues.ts';
import { protocolError } from '../protocol/server-event.ts';
import { endConnection } from './end-connection.ts';

/** A message of the expiry queue. */
export interface ExpiryWake {
  readonly connectionId: string;
  /** Epoch seconds at which the connection has to be closed. */
  readonly at: number;
}

/** Closes a connection whose token has expired; woken early, it has itself woken again unless the connection has left. */
export const expireConnection = (deps: {
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
  readonly expiry: ExpirySchedule;
  readonly clock: Clock;
}) => {
  const end = endConnection(deps);

  return async ({ connectionId, at }: ExpiryWake): Promise<void> => {
    if (deps.clock.now() < at * 1000) {
      if (await deps.connections.isOpen(connectionId)) await deps.expiry.schedule(connectionId, at);
      return;
    }
    await end(connectionId, protocolError(4009));
  };
};
