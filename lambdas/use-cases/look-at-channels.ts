import type { CacheStore } from '../ports/cache-store.ts';
import type { OccupancyStore } from '../ports/occupancy-store.ts';
import { channelNameProblem, channelOf, MAX_CHANNEL_NAME_LENGTH } from '../protocol/channel.ts';
import {
  type ChannelAttributes,
  type ChannelInfo,
  channelInfo,
  factsNeeded,
} from '../protocol/channel-info.ts';
import { forEachBounded } from './bounded.ts';

export interface ChannelSources {
  readonly occupancy: OccupancyStore;
  readonly cache: CacheStore;
}

/** Channels looked at at a time; each takes up to two reads. */
const AT_ONCE = 16;

/**
 * What was asked of each channel, in their order. Reads what the answer takes and no more; of what has no possible name, nobody is
 * a subscriber.
 */
export const lookAtChannels =
  ({ occupancy, cache }: ChannelSources) =>
  async (names: readonly string[], asked: ChannelAttributes): Promise<readonly ChannelInfo[]> => {
    const infos: ChannelInfo[] = [];
    await forEachBounded([...names.entries()], AT_ONCE, async ([index, name]) => {
      infos[index] = await lookAt(name);
    });
    return infos;

    async function lookAt(name: string): Promise<ChannelInfo> {
      const { kind } = channelOf(name);
      if (channelNameProblem(name, MAX_CHANNEL_NAME_LENGTH) !== undefined) {
        return channelInfo(kind, asked, {});
      }
      const needed = factsNeeded(kind, asked);
      const [counts, cachedFrame] = await Promise.all([
        needed.occupancy ? occupancy.countsOf(name) : undefined,
        needed.cachedFrame ? cache.frameOf(name) : undefined,
      ]);
      return channelInfo(kind, asked, {
        ...(counts !== undefined && { occupancy: counts }),
        ...(cachedFrame !== undefined && { cachedFrame }),
      });
    }
  };
