/** Which connections are whose, beyond what a token says: by sign-in, by a presence channel. */
export interface UserStore {
  /**
   * Notes that the connection is this user's, and whom it watches, on the connection's row too, so that it can be forgotten with it.
   * `expiresAt`: epoch seconds. `gone`: there is no such connection. Idempotent; who signs in again as another user is both.
   */
  claim(claim: {
    readonly connectionId: string;
    readonly userId: string;
    readonly expiresAt: number;
    /** User ids; left out by whoever does not sign in. */
    readonly watchlist?: readonly string[];
  }): Promise<'claimed' | 'gone'>;
  /** The user that signed in on this connection; undefined when nobody did. Strongly consistent. */
  signedInUser(connectionId: string): Promise<string | undefined>;
  /** Connection ids of a user, page by page, strongly consistent. */
  connectionsOf(userId: string): AsyncIterable<readonly string[]>;
  /** What a removed connection left behind. Idempotent. */
  forget(connectionId: string, users: readonly string[], watched: readonly string[]): Promise<void>;
}
