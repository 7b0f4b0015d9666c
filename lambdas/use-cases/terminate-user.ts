import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { UserStore } from '../ports/user-store.ts';
import { type HttpAnswer, jsonAnswer } from '../protocol/http-answer.ts';
import { MAX_KEY_BYTES } from '../protocol/limits.ts';
import type { RestCall } from './answer-rest-request.ts';
import { forEachBounded } from './bounded.ts';
import { throwOut } from './throw-out.ts';

/** Connections ended at a time. */
const AT_ONCE = 16;

/**
 * `POST /apps/{appId}/users/{userId}/terminate_connections`: ends every connection of a user, however it became his: by token, by sign-in, by
 * a presence channel. Answers `{}`, also when there are none.
 *
 * A Pusher client comes back by itself, so the user is denied first: whoever becomes him from then on is sent away, for a while. One that
 * says who it is only after its handshake is known by what its handshake looks like, and refused with the first frame.
 *
 * One connection that cannot be ended leaves none of the others open. It is thrown after all have been tried, so that the caller tries
 * again.
 */
export const terminateUser = (deps: {
  readonly users: UserStore;
  readonly denials: DenialStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly denialInSeconds: number };
}) => {
  const throwOutConnection = throwOut(deps);

  return async ({ parameters: { userId } }: RestCall): Promise<HttpAnswer> => {
    // Nobody is called so.
    if (Buffer.byteLength(userId) > MAX_KEY_BYTES) return jsonAnswer(200, {});
    const until = Math.floor(deps.clock.now() / 1000) + deps.settings.denialInSeconds;
    await deps.denials.denyUser(userId, until);
    const failures: unknown[] = [];
    for await (const page of deps.users.connectionsOf(userId)) {
      await forEachBounded(page, AT_ONCE, async (connectionId) => {
        try {
          await throwOutConnection(connectionId, until);
        } catch (error) {
          failures.push(error);
          deps.logger.error('termination-failed', error, { connectionId });
        }
      });
    }
    if (failures.length > 0) throw failures[0];
    return jsonAnswer(200, {});
  };
};
