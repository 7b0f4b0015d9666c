import type { ConnectionIdentity } from '../protocol/connection-identity.ts';
import type { RefusalCode } from '../protocol/protocol-error.ts';

/** One WebSocket, from the return of `$connect` until it is known to be gone. */
export interface Connection {
  /** API Gateway's connection id. */
  readonly connectionId: string;
  /** Epoch milliseconds. */
  readonly connectedAt: number;
  /** Epoch seconds; past this nobody may act on the row. TTL attribute. */
  readonly expiresAt: number;
  /** Present on connections that came with a token: what the token says. */
  readonly identity?: ConnectionIdentity;
  /** Present when the handshake was accepted only to be told why it is refused. */
  readonly refusal?: RefusalCode;
  /** What its handshake looked like, hashed: the same client's next one looks the same. */
  readonly fingerprint?: string;
}

/** Where connections are kept. Failures of the store are thrown as they come; they are ours, not the client's. */
export interface ConnectionStore {
  /**
   * Stores the connection, counts it among all and among those of its token's tenant, and notes that it is its token's user's. One that was
   * refused is only stored: whoever is waiting to be told why takes nobody's place. Idempotent per connection id.
   */
  open(connection: Connection): Promise<void>;
  /** How many connections are counted as open; exact but for connections opening at this moment. */
  countOpen(): Promise<number>;
  /** Whether the connection's row is there, read consistently; a connection that was refused is there too. */
  isOpen(connectionId: string): Promise<boolean>;
  /** What its handshake looked like; undefined when the connection is gone. Strongly consistent. */
  fingerprintOf(connectionId: string): Promise<string | undefined>;
  /**
   * Whether a tenant has room for the connection, which is counted among its own then, once; false when it has `most` others already. One
   * that is not stored is not counted: not yet, for {@link open} does that for the tenant of its token, or not any more. Exact but for
   * connections that come at this moment.
   */
  admit(connectionId: string, tenant: string, most: number): Promise<boolean>;
  /**
   * Removes the row of a connection, and nothing else: subscriptions and counters are cleaned up by whoever sees the
   * removal on the stream. True when this call removed it, false when it was not there.
   */
  remove(connectionId: string): Promise<boolean>;
  /**
   * Takes a removed connection out of all counts, that of the app and those of tenants; called with what the stream says was removed,
   * which may say so again at any later time: a connection that is not part of the count (any more) changes nothing.
   */
  forget(removed: RemovedConnection): Promise<void>;
}

/** The last image of a removed connection. */
export interface RemovedConnection {
  readonly connectionId: string;
  /** Channels the connection was subscribed to when it was removed. */
  readonly channels: readonly string[];
  /** Whose it was: by its token, by sign-in, by presence channels. */
  readonly users: readonly string[];
  /** Whom its user watched. */
  readonly watched: readonly string[];
}
