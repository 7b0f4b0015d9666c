/**
 * The kinds of channels, told apart by the exact prefix of the name, dash included: `privateer` is public.
 * Source: Pusher Channels protocol 7, "Channels"; https://pusher.com/docs/channels/using_channels/channels/
 */
const kinds = [
  { name: 'private-encrypted-cache', prefix: 'private-encrypted-cache-', access: 'signed', has: ['cache'] },
  { name: 'private-encrypted', prefix: 'private-encrypted-', access: 'signed', has: [] },
  { name: 'private-cache', prefix: 'private-cache-', access: 'signed', has: ['cache'] },
  { name: 'presence-cache', prefix: 'presence-cache-', access: 'signed', has: ['cache', 'members'] },
  { name: 'private', prefix: 'private-', access: 'signed', has: [] },
  { name: 'presence', prefix: 'presence-', access: 'signed', has: ['members'] },
  { name: 'cache', prefix: 'cache-', access: 'open', has: ['cache'] },
  { name: 'server-to-user', prefix: '#server-to-user-', access: 'own-user', has: [] },
  { name: 'watchlist', prefix: '#watchlist-', access: 'nobody', has: [] },
  { name: 'reserved', prefix: '#', access: 'nobody', has: [] },
  { name: 'public', prefix: '', access: 'open', has: [] },
] as const satisfies readonly ChannelKindEntry[];

interface ChannelKindEntry {
  readonly name: string;
  readonly prefix: string;
  /**
   * Who may listen: anybody; who has a signature; the user who has signed in as the one it is named after; nobody, since it is
   * ours or nobody's.
   */
  readonly access: 'open' | 'signed' | 'own-user' | 'nobody';
  /** `members`: it knows who is there. `cache`: it keeps its last event for who comes later. */
  readonly has: readonly ('members' | 'cache')[];
}

export interface ChannelKind extends Omit<ChannelKindEntry, 'has'> {
  readonly name: (typeof kinds)[number]['name'];
  readonly hasMembers: boolean;
  readonly hasCache: boolean;
  /** The clients encrypt: what is published on it nobody else can read. */
  readonly isEncrypted: boolean;
}

const registry: readonly ChannelKind[] = kinds.map(
  ({ has, ...kind }: ChannelKindEntry & (typeof kinds)[number]) => ({
    ...kind,
    hasMembers: has.some((facet) => facet === 'members'),
    hasCache: has.some((facet) => facet === 'cache'),
    isEncrypted: kind.name.startsWith('private-encrypted'),
  }),
);

export interface Channel {
  /** As on the wire, prefix included. */
  readonly name: string;
  /** What follows the prefix of the kind. */
  readonly baseName: string;
  readonly kind: ChannelKind;
}

/** What a deployment allows may be less. Source: https://pusher.com/docs/channels/using_channels/channels/#channel-naming-conventions */
export const MAX_CHANNEL_NAME_LENGTH = 200;

/** Source: pusher-http-php `validate_channel`, the strictest of the server SDKs. */
const NAME = /^#?[-A-Za-z0-9_=@,.;]+$/;

/** The registry, resolved once: whoever has a {@link Channel} never looks at a prefix again. */
export function channelOf(name: string): Channel {
  const kind = registry.find(({ prefix }) => name.startsWith(prefix)) as ChannelKind;
  return { name, baseName: name.slice(kind.prefix.length), kind };
}

/** What is wrong with a channel name, in words for the client; undefined when nothing is. */
export function channelNameProblem(name: string, maxLength: number): string | undefined {
  if (name === '') return 'The channel name must not be empty.';
  if (name.length > maxLength) {
    return `The channel name has ${name.length} characters; at most ${maxLength} are allowed.`;
  }
  if (!isChannelName(name)) {
    return 'The channel name may only contain letters, digits and _ - = @ , . ;';
  }
  return undefined;
}

/**
 * Whether success is told in the order of the channel, by whoever broadcasts: what a newcomer is told of members or of the last event
 * has to fit to what it hears from then on.
 */
export function isJoinedInOrder({ hasMembers, hasCache }: ChannelKind): boolean {
  return hasMembers || hasCache;
}

/** The channel on which a user hears what is sent to it. Source: pusher-js `src/core/user.ts` */
export function channelOfUser(userId: string): string {
  return `#server-to-user-${userId}`;
}

/** The channel on which whoever watches a user is told of its coming and going; nobody can subscribe to it. */
export function watchlistChannelOf(userId: string): string {
  return `#watchlist-${userId}`;
}

/**
 * Why nothing can be published on a channel of this name; undefined when it can be. The same for every deployment, whatever it allows
 * to subscribe to: a row is read by the same rules whoever has written it.
 */
export function publishingProblem(name: string): string | undefined {
  const problem = channelNameProblem(name, MAX_CHANNEL_NAME_LENGTH);
  if (problem !== undefined) return problem;
  return channelOf(name).kind.access === 'nobody'
    ? 'A channel name may only begin with # when it is #server-to-user-{id}.'
    : undefined;
}

/** Whether a name consists of what a channel name may, whatever its length. */
export function isChannelName(name: string): boolean {
  return NAME.test(name);
}
