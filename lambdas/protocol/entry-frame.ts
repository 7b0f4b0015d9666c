import type { ChannelEntry } from './channel-entry.ts';
import {
  clientEvent,
  memberAdded,
  memberRemoved,
  notificationFrame,
  subscriptionCount,
  watchlistEvents,
} from './server-event.ts';

/**
 * The frame by which the subscribers of its channel are told of an entry, one for all of them; undefined when there is nothing to tell:
 * somebody has come who is no member, or a member by one more connection. Members have to be those that a subscription was accepted with.
 */
export function entryFrame(entry: ChannelEntry): string | undefined {
  switch (entry.kind) {
    case 'notification':
      return notificationFrame(entry);
    case 'client-event':
      return clientEvent(entry);
    case 'joined':
      return entry.newMember && entry.member ? memberAdded(entry.channel, entry.member) : undefined;
    case 'left':
      return memberRemoved(entry.channel, entry.member);
    case 'subscription-count':
      return subscriptionCount(entry.channel, entry.count);
    case 'watched-user':
      return watchlistEvents({ [entry.name]: [entry.userId] });
  }
}
