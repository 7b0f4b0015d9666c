import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channelNameProblem,
  channelOf,
  channelOfUser,
  isJoinedInOrder,
  publishingProblem,
  watchlistChannelOf,
} from '../../../lambdas/protocol/channel.ts';
import channels from '../../vectors/channels.json' with { type: 'json' };
import { anyText } from '../any-text.ts';

describe('the kind of a channel', () => {
  it.each(channels.vectors)('of $name is $kind', ({ name, kind, baseName, access, ...facets }) => {
    const channel = channelOf(name);

    expect({ name: channel.name, baseName: channel.baseName }).toEqual({ name, baseName });
    expect(channel.kind).toMatchObject({
      name: kind,
      access,
      hasMembers: facets.members,
      hasCache: facets.cache,
      isEncrypted: facets.encrypted,
    });
    expect(isJoinedInOrder(channel.kind)).toBe(facets.members || facets.cache);
  });

  it('is found for any name at all, and its prefix and base name are that name', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const { kind, baseName } = channelOf(name);
        expect(kind.prefix + baseName).toBe(name);
      }),
    );
  });
});

describe('the channels of a user', () => {
  it('are of kinds of their own, named after it', () => {
    expect(channelOf(channelOfUser('7'))).toMatchObject({ baseName: '7', kind: { name: 'server-to-user' } });
    expect(channelOf(watchlistChannelOf('7'))).toMatchObject({ baseName: '7', kind: { name: 'watchlist' } });
  });
});

describe('a channel name', () => {
  it.each(['a', 'private-commerce.12', 'A-Z_a-z0-9=@,.;', '#server-to-user-7', '__proto__', 'x'.repeat(200)])(
    'may be %s',
    (name) => expect(channelNameProblem(name, 200)).toBeUndefined(),
  );

  it.each([
    ['empty', '', /empty/],
    ['longer than allowed', 'x'.repeat(201), /201 characters; at most 200/],
    ['with a space', 'a b', /only contain/],
    ['with a slash', 'a/b', /only contain/],
    ['with a colon, which signatures separate with', 'a:b', /only contain/],
    ['with a hash inside', 'a#b', /only contain/],
    ['ending in a line break', 'news\n', /only contain/],
    ['of another alphabet', 'comercio.ñ', /only contain/],
    ['with an unpaired surrogate', 'news\ud800', /only contain/],
    ['with a NUL', 'news\0', /only contain/],
  ])('may not be %s', (_, name, problem) => {
    expect(channelNameProblem(name, 200)).toMatch(problem);
  });
});

describe('publishing on a channel', () => {
  it.each(channels.vectors)('$name is possible where anybody may listen ($publishable)', (vector) => {
    expect(publishingProblem(vector.name)).toEqual(
      vector.publishable ? undefined : expect.stringContaining('#server-to-user-{id}'),
    );
  });

  it('is possible with every name that any deployment allows to subscribe to, and with no longer one', () => {
    expect(publishingProblem('x'.repeat(200))).toBeUndefined();
    expect(publishingProblem('x'.repeat(201))).toMatch(/at most 200/);
  });

  it('is not possible with what no channel can be named', () => {
    expect(publishingProblem('a b')).toMatch(/only contain/);
  });
});
