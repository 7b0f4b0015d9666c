/**
 * The kinds of channels, told apart by the exact prefix of the name, dash included: `privateer` is public.
 * `access`: who may listen. `served`: whether subscribing to it is possible; a kind that is not is refused by name, since a
 * presence channel without members, or a cache channel without a cache, would only look as if it worked.
 * Source: Pusher Channels protocol 7, "Channels"; https://pusher.com/docs/channels/using_channels/channels/
 */
const kinds = [
  { name: 'private-encrypted-cache', prefix: 'private-encrypted-cache-', access: 'signed', served: false },
  { name: 'private-encrypted', prefix: 'private-encrypted-', access: 'signed', served: false },
  { name: 'private-cache', prefix: 'private-cache-', access: 'signed', served: false },
  { name: 'presence-cache', prefix: 'presence-cache-', access: 'signed', served: false },
  { name: 'private', prefix: 'private-', access: 'signed', served: true },
  { name: 'presence', prefix: 'presence-', access: 'signed', served: false },
  { name: 'cache', prefix: 'cache-', access: 'open', served: false },
  { name: 'server-to-user', prefix: '#', access: 'signed', served: false },
  { name: 'public', prefix: '', access: 'open', served: true },
] as const satisfies readonly ChannelKind[];

export interface ChannelKind {
  readonly name: string;
  readonly prefix: string;
  readonly access: 'open' | 'signed';
  readonly served: boolean;
}

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
  const kind = kinds.find(({ prefix }) => name.startsWith(prefix)) as (typeof kinds)[number];
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

/** Why nobody can listen to a channel of this kind, in words for the client; undefined when it is served. */
export function channelKindProblem(kind: ChannelKind): string | undefined {
  return kind.served ? undefined : `Channels of the kind ${kind.name} are not served.`;
}

/**
 * Why nothing can be published on a channel of this name; undefined when it can be. The same for every deployment, whatever it allows
 * to subscribe to: a row is read by the same rules whoever has written it.
 */
export function publishingProblem(name: string): string | undefined {
  return channelNameProblem(name, MAX_CHANNEL_NAME_LENGTH) ?? channelKindProblem(channelOf(name).kind);
}

/** Whether a name consists of what a channel name may, whatever its length. */
export function isChannelName(name: string): boolean {
  return NAME.test(name);
}
