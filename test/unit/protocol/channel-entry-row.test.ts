import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readChannelEntryRow } from '../../../lambdas/protocol/channel-entry-row.ts';
import { readNotificationRow } from '../../../lambdas/protocol/notification-row.ts';
import { anyText } from '../any-text.ts';

const id = '01JD0000000000000000000000';
const place = { channel: 'presence-room', id };
const row = (kind: string, attributes: Record<string, unknown> = {}, channel = 'presence-room') => ({
  channel: { S: channel },
  id: { S: id },
  internalKind: { S: kind },
  createdAt: { S: '2026-11-24T10:15:00Z' },
  expiresAt: { N: '1764007200' },
  ...attributes,
});
const channelData = '{"user_id":7,"user_info":{"name":"Ana"}}';
const member = { userId: { S: '7' }, channelData: { S: channelData } };

const clientEvent = {
  event: { S: 'client-typing' },
  data: { S: '{"at":1.50}' },
  socketId: { S: '1.2' },
};
const joined = { connectionId: { S: 'a=' }, fresh: { BOOL: true }, newMember: { BOOL: true } };

describe('a row without internalKind', () => {
  it.each([
    ['as the contract names it', {}],
    ['with more attributes', { kind: { S: 'joined' }, connectionId: { S: 'a=' } }],
  ])('is a notification, %s', (_, more) => {
    const notification = {
      channel: { S: 'news' },
      id: { S: id },
      event: { S: 'created' },
      data: { S: '{}' },
      ...more,
    };
    expect(readChannelEntryRow(notification)).toEqual({
      entry: { kind: 'notification', channel: 'news', id, event: 'created', data: '{}' },
      frame: '{"event":"created","data":"{}","channel":"news"}',
    });
  });

  it('is read by the rules of notifications, and refused by them', () => {
    const wrong = { channel: { S: 'news' }, id: { S: id }, event: { S: 'e' }, data: { M: { a: { X: 1 } } } };
    expect(readChannelEntryRow(wrong)).toEqual(readNotificationRow(wrong));
    expect(readChannelEntryRow(undefined)).toEqual({ reason: expect.stringMatching(/no new image/) });
  });
});

describe('a row of ours', () => {
  it.each([
    [
      row('client-event', clientEvent),
      { kind: 'client-event', event: 'client-typing', data: '{"at":1.50}', socketId: '1.2' },
      '{"event":"client-typing","channel":"presence-room","data":{"at":1.50}}',
    ],
    [
      row('client-event', { ...clientEvent, userId: { S: '7' } }),
      { kind: 'client-event', event: 'client-typing', data: '{"at":1.50}', socketId: '1.2', userId: '7' },
      '{"event":"client-typing","channel":"presence-room","data":{"at":1.50},"user_id":"7"}',
    ],
    [
      row('joined', { ...joined, ...member }),
      {
        kind: 'joined',
        connectionId: 'a=',
        fresh: true,
        newMember: true,
        member: { userId: '7', channelData },
      },
      JSON.stringify({ event: 'pusher_internal:member_added', data: channelData, channel: 'presence-room' }),
    ],
    [
      row('joined', { ...joined, ...member, fresh: { BOOL: false }, newMember: { BOOL: false } }),
      {
        kind: 'joined',
        connectionId: 'a=',
        fresh: false,
        newMember: false,
        member: { userId: '7', channelData },
      },
      undefined,
    ],
    [
      row('left', member),
      { kind: 'left', member: { userId: '7', channelData } },
      '{"event":"pusher_internal:member_removed","data":"{\\"user_id\\":7}","channel":"presence-room"}',
    ],
    [
      row('subscription-count', { count: { N: '12' } }),
      { kind: 'subscription-count', count: 12 },
      '{"event":"pusher_internal:subscription_count","data":"{\\"subscription_count\\":12}","channel":"presence-room"}',
    ],
  ])('is an entry, with the frame that its subscribers are told: %#', (given, entry, frame) => {
    expect(readChannelEntryRow(given)).toEqual({
      entry: { ...place, ...entry },
      ...(frame !== undefined && { frame }),
    });
  });

  it('tells of the coming of nobody in particular on a channel without members', () => {
    const given = row('joined', { ...joined, newMember: { BOOL: false } }, 'cache-news');
    expect(readChannelEntryRow(given)).toEqual({
      entry: { kind: 'joined', channel: 'cache-news', id, connectionId: 'a=', fresh: true, newMember: false },
    });
  });

  it('tells of the users that somebody watches, in a frame without a channel', () => {
    const given = row('watched-user', { name: { S: 'online' }, userId: { S: 'u 7' } }, '#watchlist-u 7');
    expect(readChannelEntryRow(given)).toEqual({
      entry: { kind: 'watched-user', channel: '#watchlist-u 7', id, name: 'online', userId: 'u 7' },
      frame: JSON.stringify({
        event: 'pusher_internal:watchlist_events',
        data: '{"events":[{"name":"online","user_ids":["u 7"]}]}',
      }),
    });
  });

  it.each([
    ['of no known kind', row('notification'), /^internalKind must be one of client-event, joined/],
    ['of a kind that objects have anyway', row('constructor'), /^internalKind must be one of/],
    ['whose kind is no text', { ...row('left', member), internalKind: { N: '1' } }, /^internalKind must/],
    ['whose kind is NULL', { ...row('left', member), internalKind: { NULL: true } }, /^internalKind must/],
    ['without a channel', { ...row('left', member), channel: undefined }, /^channel must/],
    [
      'on a channel that no key can name',
      row('client-event', clientEvent, 'x'.repeat(1025)),
      /^channel .* 1024 bytes$/,
    ],
    [
      'of a connection that no key can name',
      row('joined', { ...joined, ...member, connectionId: { S: 'x'.repeat(1025) } }),
      /^connectionId .* 1024 bytes$/,
    ],
    [
      'of a user whom no key can name',
      row('left', { ...member, userId: { S: 'é'.repeat(513) } }),
      /^userId .* 1024 bytes$/,
    ],
    ['without an id', { ...row('left', member), id: undefined }, /^id must/],
    ['without an event', row('client-event', { ...clientEvent, event: undefined }), /^event must/],
    [
      'whose data is no JSON',
      row('client-event', { ...clientEvent, data: { S: '{' } }),
      /^data must be JSON/,
    ],
    [
      'whose data is a map',
      row('client-event', { ...clientEvent, data: { M: {} } }),
      /^data must be a non-em/,
    ],
    ['without a sender', row('client-event', { ...clientEvent, socketId: undefined }), /^socketId must/],
    [
      'of no sender',
      row('client-event', { ...clientEvent, socketId: { S: 'a' } }),
      /^socketId must be a sock/,
    ],
    ['with an empty user', row('client-event', { ...clientEvent, userId: { S: '' } }), /^userId must/],
    [
      'without a connection',
      row('joined', { ...joined, ...member, connectionId: undefined }),
      /^connectionId/,
    ],
    [
      'not saying whether it is new',
      row('joined', { ...joined, ...member, fresh: undefined }),
      /^fresh must be/,
    ],
    ['without a member', row('joined', joined), /^channelData must/],
    [
      'with a member who is nobody',
      row('joined', { ...joined, ...member, userId: undefined }),
      /^userId must/,
    ],
    ['with a member who is a list', row('left', { ...member, channelData: { S: '["a"]' } }), /of an object$/],
    [
      'with a member who is no JSON',
      row('left', { ...member, channelData: { S: '{' } }),
      /^channelData must/,
    ],
    [
      'that nobody joins in order',
      row('joined', { ...joined, ...member }, 'private-x'),
      /^channel must .* private$/,
    ],
    ['with a new member of no members', row('joined', joined, 'cache-x'), /^newMember must be false/],
    ['that no member can leave', row('left', member, 'cache-x'), /^channel must .* cache$/],
    ['with a count below none', row('subscription-count', { count: { N: '-1' } }), /^count must/],
    ['with half a count', row('subscription-count', { count: { N: '1.5' } }), /^count must/],
    [
      'with a count beyond numbers',
      row('subscription-count', { count: { N: '9'.repeat(38) } }),
      /^count must/,
    ],
    ['with a count that is a text', row('subscription-count', { count: { S: '1' } }), /^count must/],
    [
      'neither here nor there',
      row('watched-user', { name: { S: 'away' }, userId: { S: '7' } }, '#watchlist-7'),
      /^name/,
    ],
    ['watching nobody', row('watched-user', { name: { S: 'online' } }, '#watchlist-7'), /^userId/],
    [
      'watching elsewhere',
      row('watched-user', { name: { S: 'online' }, userId: { S: '7' } }),
      /^channel must/,
    ],
    ['too large', row('client-event', { ...clientEvent, data: { S: `"${'x'.repeat(131_072)}"` } }), /128 KB/],
  ])('is a fault of ours when it is one %s', (_, given, reason) => {
    expect(readChannelEntryRow(given)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('says nothing of its payload when it is wrong', () => {
    const given = row('client-event', { ...clientEvent, data: { S: '{"card":"4111' } });
    expect(JSON.stringify(readChannelEntryRow(given))).not.toMatch(/4111|card/);
  });
});

describe('any row whatsoever', () => {
  const attribute = fc.oneof(
    fc.record({ S: anyText }),
    fc.record({ S: fc.json() }),
    fc.record({ N: fc.oneof(fc.integer().map(String), anyText) }),
    fc.record({ BOOL: fc.oneof(fc.boolean(), fc.anything()) }),
    fc.constantFrom<unknown>({ NULL: true }, { S: channelData }, { S: '1.2' }, { S: 'presence-room' }, {}),
    fc.anything(),
  );
  const kinds = ['client-event', 'joined', 'left', 'subscription-count', 'watched-user', 'notification', ''];
  const anyRow = fc.oneof(
    fc.anything(),
    fc.record(
      {
        internalKind: fc.oneof(fc.constantFrom(...kinds.map((S) => ({ S }))), attribute),
        channel: fc.oneof(
          fc.constantFrom(...['presence-a', 'cache-a', '#watchlist-7', 'news'].map((S) => ({ S }))),
          attribute,
        ),
        id: attribute,
        event: attribute,
        data: attribute,
        socketId: attribute,
        connectionId: attribute,
        userId: attribute,
        channelData: attribute,
        fresh: attribute,
        newMember: attribute,
        count: attribute,
        name: attribute,
      },
      { requiredKeys: [] },
    ),
  );

  it('is either an entry, whose frame is JSON, or has a reason', () => {
    fc.assert(
      fc.property(anyRow, (given) => {
        const reading = readChannelEntryRow(given);
        if ('reason' in reading) {
          expect(reading.reason).toMatch(/\w/);
        } else {
          expect(reading.entry.channel).not.toBe('');
          if (reading.frame !== undefined) expect(JSON.parse(reading.frame)).toHaveProperty('event');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
