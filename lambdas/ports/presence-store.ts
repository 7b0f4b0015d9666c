import type { Member } from '../protocol/member.ts';

/** A member without a connection, of whom nobody knows yet whether it comes back. */
export interface Absence {
  readonly channel: string;
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * Who is on a presence channel. Members come with a subscription, in the transaction of {@link SubscriptionStore.subscribe}; when
 * their last connection has left they are absent, and stay on the channel until they depart.
 */
export interface PresenceStore {
  /** All members, announced or not, in the order in which they came. Strongly consistent. */
  membersOf(channel: string): Promise<readonly (Member & { readonly announced: boolean })[]>;
  /** Notes that the others have been told of the member that came with this entry; nothing when it has left since. Idempotent. */
  announce(channel: string, userId: string, entryId: string): Promise<void>;
  /**
   * Removes a member who is still absent since then, and in the same transaction writes the entry by which the others are told.
   * False when the member has come back meanwhile, or has departed before.
   */
  depart(absence: Absence): Promise<boolean>;
}
