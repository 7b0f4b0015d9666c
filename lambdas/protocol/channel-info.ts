import type { ChannelKind } from './channel.ts';

/** What is told of a channel, in Reverb's order. Left out is what was not asked for, or what its kind has not. */
export interface ChannelInfo {
  readonly occupied?: boolean;
  /** Users, on presence channels only. */
  readonly user_count?: number;
  /** Connections, on all others. */
  readonly subscription_count?: number;
  /** The last event of a cache channel as it was sent: `{"event":…,"data":"…","channel":…}`. */
  readonly cache?: unknown;
}

/** What of a channel has to be looked up, or was. */
export interface ChannelFacts {
  readonly occupancy?: { readonly subscriptions: number; readonly members: number };
  readonly cachedFrame?: string;
}

export type ChannelAttributes = ReadonlySet<string>;

/** The attributes that an `info` asks for: their names with commas between them. Unknown ones are for nobody, as with Reverb. */
export function attributesOf(info: string | undefined): ChannelAttributes {
  return new Set((info ?? '').split(',').map((name) => name.trim()));
}

/** Which facts an answer takes. Counts of the kind that a channel has not are none. */
export function factsNeeded(
  { hasMembers, hasCache }: ChannelKind,
  asked: ChannelAttributes,
): { readonly occupancy: boolean; readonly cachedFrame: boolean } {
  const count = hasMembers ? 'user_count' : 'subscription_count';
  return {
    occupancy: asked.has('occupied') || asked.has(count),
    cachedFrame: hasCache && asked.has('cache'),
  };
}

/**
 * What is told of a channel. Counts are told of occupied channels only, as with Reverb; the last event is kept, and told, while nobody
 * listens too.
 * Source: laravel/reverb `Concerns/InteractsWithChannelInformation.php`
 */
export function channelInfo(
  { hasMembers }: ChannelKind,
  asked: ChannelAttributes,
  { occupancy, cachedFrame }: ChannelFacts,
): ChannelInfo {
  const { subscriptions = 0, members = 0 } = occupancy ?? {};
  const occupied = subscriptions > 0;
  return {
    ...(asked.has('occupied') && { occupied }),
    ...(occupied && hasMembers && asked.has('user_count') && { user_count: members }),
    ...(occupied && !hasMembers && asked.has('subscription_count') && { subscription_count: subscriptions }),
    ...(cachedFrame !== undefined && { cache: JSON.parse(cachedFrame) }),
  };
}
