import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import { endConnection } from './end-connection.ts';

/**
 * Ends a connection so that its client does not come back: the next handshake that looks like its own is denied, once, until then (epoch
 * seconds). Told 4009 now a client only dials again, told so by its first frame it stops. `lastWords` as {@link endConnection} has them.
 */
export const throwOut = (deps: {
  readonly denials: DenialStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
}) => {
  const end = endConnection(deps);

  return async (connectionId: string, until: number, lastWords?: string): Promise<void> => {
    const fingerprint = await deps.connections.fingerprintOf(connectionId);
    if (fingerprint !== undefined) await deps.denials.denyHandshake(fingerprint, until);
    await end(connectionId, lastWords);
  };
};
