import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway, PostOutcome } from '../ports/connection-gateway.ts';
import type { Connection, ConnectionStore } from '../ports/connection-store.ts';
import type { DenialStore } from '../ports/denial-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { ExpirySchedule } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import { mayOutliveToken } from '../protocol/connection-lifetime.ts';
import type { RefusalCode } from '../protocol/protocol-error.ts';
import { connectionEstablished, protocolError, subscriptionSucceeded } from '../protocol/server-event.ts';
import { socketIdOf } from '../protocol/socket-id.ts';
import { channelOfTenant, parseChannelPattern } from '../protocol/tenancy.ts';
import { endConnection } from './end-connection.ts';
import { backoff, persistentPost } from './persistent-post.ts';

/**
 * How long after its row was written a 410 does not mean that a connection is gone: until `$connect` has returned, which it does
 * right after writing, API Gateway says the same of one that is about to open. Short, for whoever comes next on the same lane
 * of the stream waits as long for one that never opens.
 * Source: https://repost.aws/knowledge-center/410-gone-api-gateway
 */
export const YOUTH_IN_MILLISECONDS = 3_000;

/** How long a greeting is tried that API Gateway does not take: whoever comes next on the same lane waits as long. */
export const PATIENCE_IN_MILLISECONDS = 1_500;

/** A greeting is waited for: half a second between two tries is enough to wait. */
const LONGEST_WAIT_IN_MILLISECONDS = 500;

interface Newcomer extends Connection {
  /** Epoch milliseconds at which its row was written, as far as that is known. */
  readonly bornAt: number;
}

/**
 * Sends a connection its first frame: the greeting, or why it is refused, after which it is closed. A connection with a token is
 * then put on its tenant's channel, and is to be closed when the token expires.
 *
 * With whom that does not succeed in a few seconds is ended, and its client dials again: the record would come again and again
 * meanwhile, and hold up everybody behind it. Throws only when it could not be ended either, so that the stream brings it again: a
 * connection that was not greeted must not stay.
 */
export const greet = (deps: {
  readonly connections: ConnectionStore;
  readonly subscriptions: SubscriptionStore;
  readonly denials: DenialStore;
  readonly gateway: ConnectionGateway;
  readonly expiry: ExpirySchedule;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: { readonly channelPattern: string; readonly activityTimeoutInSeconds: number };
}) => {
  const { clock, connections, logger, subscriptions } = deps;
  const pattern = parseChannelPattern(deps.settings.channelPattern);
  const post = persistentPost(deps, PATIENCE_IN_MILLISECONDS);
  const end = endConnection(deps);

  return async (row: Connection, storedAt = 0): Promise<void> => {
    // A handshake can take longer than a youth: its function starts cold, an authorizer fetches keys.
    const connection = { ...row, bornAt: Math.max(row.connectedAt, storedAt * 1000) };
    try {
      await welcome(connection);
    } catch (error) {
      logger.error('greeting-failed', error, { connectionId: connection.connectionId });
      await end(connection.connectionId);
    }
  };

  async function welcome(connection: Newcomer): Promise<void> {
    const { connectionId, identity, refusal } = connection;
    if (refusal !== undefined) return await refuse(connection, refusal);
    const channel = identity && channelOfTenant(pattern, identity.tenant);
    if (identity !== undefined && channel === undefined) {
      logger.warn('tenant-without-channel', { connectionId });
      return await refuse(connection, 4009);
    }
    // Asked once more, now that its row is there: whoever throws its user out after this finds it.
    if (identity !== undefined && (await deps.denials.isUserDenied(identity.user))) {
      logger.warn('user-kept-out', { connectionId });
      return await refuse(connection, 4009);
    }
    // Before anything is sent: whatever fails later, nobody stays past the time of the token.
    if (identity !== undefined) await scheduleExpiry(connection, identity);
    const { activityTimeoutInSeconds } = deps.settings;
    const told = await tell(
      connection,
      connectionEstablished(socketIdOf(connectionId), activityTimeoutInSeconds),
    );
    if (!told || channel === undefined) return;
    const { expiresAt } = connection;
    const outcome = await subscriptions.subscribe({
      connectionId,
      channel,
      expiresAt,
      askedAt: connection.connectedAt,
      inOrder: false,
    });
    if (outcome === 'subscribed') await tell(connection, subscriptionSucceeded(channel));
    else {
      logger.warn('tenant-not-subscribed', { connectionId, outcome });
      await end(connectionId);
    }
  }

  async function refuse(connection: Newcomer, code: RefusalCode): Promise<void> {
    if (await tell(connection, protocolError(code))) await end(connection.connectionId);
  }

  async function scheduleExpiry(connection: Connection, identity: ConnectionIdentity): Promise<void> {
    if (!mayOutliveToken(connection.connectedAt, identity)) return;
    await deps.expiry.schedule(connection.connectionId, identity.tokenExpiresAt);
  }

  /** False when the connection is gone; it is ended then, in case API Gateway opens it after all. */
  async function tell(connection: Newcomer, frame: string): Promise<boolean> {
    const { connectionId } = connection;
    const outcome = await postToYoung(connection, frame);
    if (outcome === 'delivered') return true;
    if (outcome !== 'gone') {
      throw new Error(`the first frames could not be posted to the connection: ${outcome}; it is ended`);
    }
    await end(connectionId);
    logger.info('connection-gone-before-greeting', { connectionId });
    return false;
  }

  async function postToYoung({ connectionId, bornAt }: Newcomer, frame: string): Promise<PostOutcome> {
    for (let attempt = 0; ; attempt++) {
      const outcome = await post(connectionId, frame);
      const young = clock.now() - bornAt < YOUTH_IN_MILLISECONDS;
      // Its row tells whether it has left already: then nobody else shall wait for it.
      if (outcome !== 'gone' || !young || !(await connections.isOpen(connectionId))) return outcome;
      await clock.sleep(backoff(attempt, deps.random, LONGEST_WAIT_IN_MILLISECONDS));
    }
  }
};
