import type { OccupancyStore } from '../ports/occupancy-store.ts';
import type { PresenceStore } from '../ports/presence-store.ts';
import { channelNameProblem, channelOf, MAX_CHANNEL_NAME_LENGTH } from '../protocol/channel.ts';
import { type HttpAnswer, jsonAnswer, jsonTextAnswer } from '../protocol/http-answer.ts';
import { type Member, userIdTextOf, userInfoTextOf } from '../protocol/member.ts';
import type { RestCall } from './answer-rest-request.ts';

/**
 * `GET /apps/{appId}/channels/{channel}/users`: who is on a presence channel, each user once and in the order in which they came,
 * ids in the JSON type that they came in: `{"users":[{"id":1}]}`. With `with_user_info=1` in the query, `user_info` as well, as Soketi
 * has it. Whoever has left and may come back within the grace is there still, as for everybody on the channel.
 * Nobody there: 404. A channel without members, on which somebody listens: 400.
 * Source: laravel/reverb `Http/Controllers/ChannelUsersController.php`; soketi `src/http-handler.ts`
 */
export const listMembers =
  (deps: { readonly presence: PresenceStore; readonly occupancy: OccupancyStore }) =>
  async ({ parameters, query }: RestCall): Promise<HttpAnswer> => {
    const { channel } = parameters;
    if (channelNameProblem(channel, MAX_CHANNEL_NAME_LENGTH) !== undefined) return jsonAnswer(404, {});
    if (!channelOf(channel).kind.hasMembers) {
      const { subscriptions } = await deps.occupancy.countsOf(channel);
      return jsonAnswer(subscriptions > 0 ? 400 : 404, {});
    }
    const members = await deps.presence.membersOf(channel);
    if (members.length === 0) return jsonAnswer(404, {});
    const withInfo = query.get('with_user_info') === '1';
    return jsonTextAnswer(200, `{"users":[${members.map((member) => userText(member, withInfo))}]}`);
  };

/** As text: no number of JavaScript is every number that an id may be. */
function userText(member: Member, withInfo: boolean): string {
  const info = withInfo ? userInfoTextOf(member) : undefined;
  return `{"id":${userIdTextOf(member)}${info === undefined ? '' : `,"user_info":${info}`}}`;
}
