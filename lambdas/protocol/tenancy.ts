import { type ChannelKind, channelOf, isChannelName } from './channel.ts';

/** A channel pattern, taken apart: `private-commerce.{tenant}` is `private-`, `commerce.` and nothing after it. */
export interface ChannelPattern {
  /** Prefix of the kind that the pattern itself is written in. */
  readonly prefix: string;
  readonly before: string;
  readonly after: string;
  /** Matches the name without the prefix of its kind; the first group is the tenant. */
  readonly baseName: RegExp;
}

const PLACEHOLDER = '{tenant}';

/**
 * What a tenant's id may consist of: what a channel name may, without the dot, which separates it from what extends the
 * channel. Any other tenant could take a channel for its own that belongs to somebody else.
 */
const TENANT = '[-A-Za-z0-9_=@,;]+';

/** Throws, naming what is expected, on a pattern that does not name exactly one tenant or that anybody could listen to. */
export function parseChannelPattern(pattern: string): ChannelPattern {
  const { kind, baseName } = channelOf(pattern);
  const [before, after, ...more] = baseName.split(PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`the channel pattern "${pattern}" must contain ${PLACEHOLDER} exactly once`);
  }
  if (!isOwned(kind)) {
    throw new Error(
      `the channel pattern "${pattern}" must begin with private- or presence-: ` +
        'anybody may listen to other channels, so they belong to no tenant',
    );
  }
  if (!isChannelName(`${before}x${after}`)) {
    throw new Error(
      `the channel pattern "${pattern}" may only contain letters, digits and _ - = @ , . ; around ${PLACEHOLDER}`,
    );
  }
  const literally = (text: string): string => text.replaceAll('.', '\\.');
  return {
    prefix: kind.prefix,
    before,
    after,
    baseName: new RegExp(`^${literally(before)}(${TENANT})${literally(after)}(?:\\.|$)`),
  };
}

/**
 * Tenancy: the tenant that a channel belongs to, or none. A channel is a tenant's when its name is the pattern with the
 * tenant in it, or extends that with a dot, in any kind that takes a signature: of `private-commerce.{tenant}`,
 * `private-commerce.12`, `private-commerce.12.orders` and `presence-commerce.12` belong to `12`. Channels anybody may listen
 * to belong to nobody: saying otherwise would promise what the protocol does not keep.
 *
 * No channel has two tenants: a tenant's id has no dot, so it ends before the first dot behind it or at the end of the name.
 */
export function tenantOf(pattern: ChannelPattern, channelName: string): string | undefined {
  const { kind, baseName } = channelOf(channelName);
  if (!isOwned(kind)) return undefined;
  return pattern.baseName.exec(baseName)?.[1];
}

/**
 * The channel of a tenant: the pattern with the tenant in it. None when that name would not lead back to this very tenant: with
 * the pattern `private-{tenant}`, a tenant named `cache-7` would listen to a channel of tenant `7`.
 */
export function channelOfTenant(pattern: ChannelPattern, tenant: string): string | undefined {
  const name = `${pattern.prefix}${pattern.before}${tenant}${pattern.after}`;
  return tenantOf(pattern, name) === tenant ? name : undefined;
}

function isOwned(kind: ChannelKind): boolean {
  return kind.access === 'signed';
}
