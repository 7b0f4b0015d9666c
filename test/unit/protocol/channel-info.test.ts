import { describe, expect, it } from 'vitest';
import { channelOf } from '../../../lambdas/protocol/channel.ts';
import { attributesOf, channelInfo, factsNeeded } from '../../../lambdas/protocol/channel-info.ts';
import vectors from '../../vectors/channel-info.json' with { type: 'json' };

describe('what is told of a channel', () => {
  it.each(vectors.described)('is, as Reverb tells it: $about', ({ channel, info, json, ...facts }) => {
    const { occupancy, cachedFrame } = facts as typeof facts & { cachedFrame?: string };
    const told = channelInfo(channelOf(channel).kind, attributesOf(info), {
      occupancy,
      ...(cachedFrame !== undefined && { cachedFrame }),
    });
    expect(JSON.stringify(told)).toBe(json);
  });

  it('is nothing when there are no facts', () => {
    expect(channelInfo(channelOf('one').kind, attributesOf('occupied,subscription_count'), {})).toEqual({
      occupied: false,
    });
  });

  it.each(vectors.needed)('takes no more to be looked up than it needs: $channel, $info', (vector) => {
    const { channel, info, ...needed } = vector;
    expect(factsNeeded(channelOf(channel).kind, attributesOf(info))).toEqual(needed);
  });
});
