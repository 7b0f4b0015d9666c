import type { ConnectionIdentity } from './connection-identity.ts';

/**
 * Seconds after which API Gateway cuts every connection, whatever its traffic.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const CONNECTION_LIFETIME_IN_SECONDS = 2 * 60 * 60;

/** Rows outlive the connection by this much, so that no difference of clocks cuts off one that is still open. */
const SLACK_IN_SECONDS = 10 * 60;

/**
 * Epoch seconds past which nothing is delivered to a connection: a little after API Gateway has cut it, or when its
 * token expires. `connectedAt` is in epoch milliseconds.
 */
export function expiryOf(connectedAt: number, identity: ConnectionIdentity | undefined): number {
  const latest = Math.ceil(connectedAt / 1000) + CONNECTION_LIFETIME_IN_SECONDS + SLACK_IN_SECONDS;
  return Math.min(latest, identity?.tokenExpiresAt ?? latest);
}

/** In doubt a notification is for a connection: no two clocks, the stream's and a function's, are this far apart. */
const CLOCK_TOLERANCE_IN_SECONDS = 30;

/**
 * Whether a notification is so old that nobody who was connected when it was stored can be connected now. Both in epoch seconds.
 */
export function outlivesConnections(storedAt: number, now: number): boolean {
  return now - storedAt > CONNECTION_LIFETIME_IN_SECONDS + SLACK_IN_SECONDS;
}

/** Whether a subscription was made when the notification had long been stored. Both in epoch seconds. */
export function cameLater(subscribedAt: number, storedAt: number): boolean {
  return subscribedAt > storedAt + CLOCK_TOLERANCE_IN_SECONDS;
}

/** Whether the token may run out while the connection is open. */
export function mayOutliveToken(connectedAt: number, identity: ConnectionIdentity): boolean {
  return expiryOf(connectedAt, identity) === identity.tokenExpiresAt;
}
