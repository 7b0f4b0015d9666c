import { type Member, userIdTextOf, userInfoTextOf } from './member.ts';

/**
 * What a newcomer of a presence channel is told of who is there, as JSON text: `{"presence":{"count":2,"ids":[1,"b"],"hash":{"1":{…},"b":null}}}`.
 * Each user once, in the order in which they come here, `ids` in the JSON type of each one's `user_id`; a user without
 * `user_info` is null in `hash`. Written as text: no object keeps keys as `2`, `1` in their order, or takes `__proto__` for a key.
 * Source: laravel/reverb `src/Protocols/Pusher/Channels/Concerns/InteractsWithPresenceChannels.php`; pusher-js
 * `src/core/channels/members.ts` insists on `hash` being an object.
 */
export function presenceData(members: Iterable<Member>): string {
  const users = new Map<string, Member>();
  for (const member of members) if (!users.has(member.userId)) users.set(member.userId, member);
  const unique = [...users.values()];
  const hash = unique.map((member) => `${JSON.stringify(member.userId)}:${userInfoTextOf(member) ?? 'null'}`);
  return `{"presence":{"count":${unique.length},"ids":[${unique.map(userIdTextOf)}],"hash":{${hash}}}}`;
}
