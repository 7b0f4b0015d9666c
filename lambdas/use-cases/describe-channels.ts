import { isChannelName, MAX_CHANNEL_NAME_LENGTH } from '../protocol/channel.ts';
import { attributesOf } from '../protocol/channel-info.ts';
import { type HttpAnswer, jsonAnswer } from '../protocol/http-answer.ts';
import type { RestCall } from './answer-rest-request.ts';
import { type ChannelSources, lookAtChannels } from './look-at-channels.ts';

/**
 * `GET /apps/{appId}/channels`: the occupied channels with what was asked of each, `filter_by_prefix` and `info` in the query. Of kinds
 * that have no such count nothing is told, where Pusher refuses the whole request. The channels that belong to users, named with a #,
 * are listed for whoever asks for names that begin so.
 *
 * The list follows what happens within a second or so. A channel that has emptied since has no count.
 */
export const listChannels = (sources: ChannelSources) => {
  const lookAt = lookAtChannels(sources);

  return async ({ query }: RestCall): Promise<HttpAnswer> => {
    const prefix = query.get('filter_by_prefix') ?? '';
    const names = await occupiedNames(prefix);
    const infos = await lookAt(names, attributesOf(query.get('info')));
    return jsonAnswer(200, { channels: Object.fromEntries(names.map((name, at) => [name, infos[at]])) });
  };

  async function occupiedNames(prefix: string): Promise<readonly string[]> {
    if (!canBeginName(prefix)) return [];
    const names: string[] = [];
    for await (const page of sources.occupancy.occupiedChannels(prefix)) names.push(...page);
    return prefix.startsWith('#') ? names : names.filter((name) => !name.startsWith('#'));
  }
};

/** `GET /apps/{appId}/channels/{channel}`: whether it is occupied, and what `info` asks for besides. */
export const describeChannel = (sources: ChannelSources) => {
  const lookAt = lookAtChannels(sources);

  return async ({ parameters, query }: RestCall): Promise<HttpAnswer> => {
    const asked = new Set([...attributesOf(query.get('info')), 'occupied']);
    const [info = {}] = await lookAt([parameters.channel], asked);
    return jsonAnswer(200, info);
  };
};

function canBeginName(prefix: string): boolean {
  return (
    prefix.length <= MAX_CHANNEL_NAME_LENGTH && (prefix === '' || prefix === '#' || isChannelName(prefix))
  );
}
