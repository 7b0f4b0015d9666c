import { describe, expect, it } from 'vitest';
import {
  connectionRow,
  readConnection,
  readRemovedConnection,
} from '../../../../lambdas/adapters/dynamodb/connection-row.ts';
import { countKey } from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { newMember, readAbsence } from '../../../../lambdas/adapters/dynamodb/member-row.ts';
import { countChange, readCountChange } from '../../../../lambdas/adapters/dynamodb/occupancy-row.ts';
import type { Item } from '../../../../lambdas/adapters/dynamodb/paging.ts';
import { subscriptionRow } from '../../../../lambdas/adapters/dynamodb/subscription-row.ts';

const NOW = 1_764_000_000;
const MONTH = 30 * 24 * 60 * 60;

/** As DynamoDB counts: names and values, a number with a byte for two digits and one more. */
function bytesOf(row: Item): number {
  return Object.entries(row).reduce((sum, [name, { S, N }]) => {
    const value = S === undefined ? Math.ceil((N?.length ?? 0) / 2) + 1 : Buffer.byteLength(S);
    return sum + name.length + value;
  }, 0);
}

describe('the row of a subscription', () => {
  // A long name of a channel, API Gateway's length of a connection id.
  const row = subscriptionRow({
    place: {
      connectionId: 'R0oXAdfD0kwCH6w=',
      channel: 'private-commerce.9007199254740991.payments',
      shard: 63,
    },
    until: NOW + 7_800,
    since: NOW,
    askedAt: NOW * 1_000,
  });

  it('is small: fan-out pays for every byte it reads', () => {
    // Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    expect(bytesOf(row)).toBeLessThanOrEqual(160);
  });

  it('is there for a month after its time, in which somebody counts it out', () => {
    expect(Number(row.expiresAt?.N) - Number(row.until?.N)).toBe(MONTH);
  });
});

describe('what is counted', () => {
  it('outlives every subscription that is part of it, late as TTL may be', () => {
    const subscription = subscriptionRow({
      place: { connectionId: 'a=', channel: 'presence-a', shard: 0 },
      until: NOW + 7_800,
      since: NOW,
      askedAt: NOW * 1_000,
    });
    const days = 7 * 24 * 60 * 60;
    const longest = Number(subscription.expiresAt?.N) + days;
    const count = countChange({
      table: 'connections',
      channel: 'presence-a',
      counted: 'subscriptions',
      id: 'a=',
      by: 1,
      now: NOW * 1_000,
    });
    expect(Number(count.Update?.ExpressionAttributeValues?.[':expiresAt']?.N)).toBeGreaterThan(longest);
    const member = newMember(
      { table: 'connections', channel: 'presence-a' },
      { userId: '7', channelData: '{}' },
      { until: NOW + 7_800, joinId: 'id' },
    );
    expect(Number(member.Put?.Item?.expiresAt?.N)).toBeGreaterThan(longest);
  });
});

describe('an image of a member', () => {
  const image = (more: object) => ({ pk: { S: 'members#presence-a' }, sk: { S: '7' }, ...more });

  it('tells since when it is absent', () => {
    expect(readAbsence(image({ connections: { N: '0' }, absentSince: { N: '1764000000123' } }))).toEqual({
      channel: 'presence-a',
      userId: '7',
      since: 1_764_000_000_123,
    });
  });

  it.each([
    ['of one who is there', image({ connections: { N: '1' } })],
    ['of one who has come back', image({ connections: { N: '1' }, absentSince: { N: '1' } })],
    ['without its connections', image({ absentSince: { N: '1' } })],
    [
      'of another row',
      { pk: { S: 'channel#members#a' }, sk: { S: '7' }, connections: { N: '0' }, absentSince: { N: '1' } },
    ],
    ['of nothing', {}],
  ])('tells of no absence when it is %s', (_, other) => {
    expect(readAbsence(other)).toBeUndefined();
  });
});

describe('an image of a count', () => {
  it('tells the channel whose subscriptions have changed in number, and the number in its part', () => {
    const key = countKey('#server-to-user-7', 'subscriptions', 'a=');
    expect(readCountChange({ ...key, count: { N: '17' } })).toEqual({
      channel: '#server-to-user-7',
      count: 17,
    });
  });

  it.each([
    ['members', countKey('presence-a', 'members', '7')],
    ['another row', { pk: { S: 'channel#occupancy#a' }, sk: { S: 'subscriptions#1' } }],
    ['nothing', {}],
  ])('tells nothing when it is of %s', (_, image) => {
    expect(readCountChange(image)).toBeUndefined();
  });
});

describe('an image of a connection', () => {
  const connection = { connectionId: 'a=', connectedAt: NOW * 1_000, expiresAt: NOW };

  it('tells what it leaves behind', () => {
    const identity = { tenant: '12', user: '7', tokenExpiresAt: NOW };
    const row = {
      ...connectionRow({ ...connection, identity }),
      channels: { SS: ['news'] },
      watched: { SS: ['8', '9'] },
    };
    expect(readRemovedConnection(row)).toEqual({
      connectionId: 'a=',
      channels: ['news'],
      users: ['7'],
      watched: ['8', '9'],
    });
  });

  it('is told from a member or a channel of the name "connection"', () => {
    for (const pk of ['members#presence-a', 'occupied#1', 'channel#news']) {
      const image = { pk: { S: pk }, sk: { S: 'connection' } };
      expect(readConnection(image)).toBeUndefined();
      expect(readRemovedConnection(image)).toBeUndefined();
    }
  });
});
