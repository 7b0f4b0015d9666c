import type { Member } from './member.ts';
import type { Notification } from './notification.ts';

interface Entry {
  readonly channel: string;
  /** A ULID: sorts by time within its channel. */
  readonly id: string;
}

/**
 * What happens on a channel besides notifications, and is told to its subscribers in one order with them: so it stands in the same
 * partition of the Notifications table. Only our own functions write these.
 */
export type ChannelEntry =
  | ({ readonly kind: 'notification' } & Notification)
  | (Entry & {
      readonly kind: 'client-event';
      readonly event: string;
      /** JSON text of whatever the client sent as `data`. */
      readonly data: string;
      /** Of the sender, who does not get it. */
      readonly socketId: string;
      /** Of the sender, on a presence channel. */
      readonly userId?: string;
    })
  /** A connection has subscribed to a channel of a kind whose success is told in the order of the channel. */
  | (Entry & {
      readonly kind: 'joined';
      readonly connectionId: string;
      /** False when the connection was subscribed already and has only asked again. */
      readonly fresh: boolean;
      /** On presence channels. */
      readonly member?: Member;
      /** Whether the member was not on the channel before: then the others are told. */
      readonly newMember: boolean;
    })
  /** A member's last connection has left, and the grace is over. */
  | (Entry & { readonly kind: 'left'; readonly member: Member })
  | (Entry & { readonly kind: 'subscription-count'; readonly count: number })
  /** On `#watchlist-{user}`: whoever watches that user is told. */
  | (Entry & { readonly kind: 'watched-user'; readonly name: 'online' | 'offline'; readonly userId: string });

type WithoutId<Each> = Each extends { readonly id: string } ? Omit<Each, 'id'> : never;

/** An entry to be written; the log gives it its id and its times. */
export type NewChannelEntry = WithoutId<ChannelEntry>;
