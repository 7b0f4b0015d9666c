import { describe, expect, it } from 'vitest';
import {
  channelPartition,
  connectionIdOfKey,
  connectionKey,
  countedKey,
  countedPartition,
  countedTenantOf,
  countKey,
  countOfKey,
  memberKey,
  memberOfKey,
  occupancyPartition,
  occupiedKey,
  occupiedPartitions,
  quotaKey,
  quotaPartition,
  quotaShardOf,
  subscriptionKey,
} from '../../../../lambdas/adapters/dynamodb/keys.ts';

describe('the keys of the Connections table', () => {
  it('are these', () => {
    expect(connectionKey('a=')).toEqual({ pk: { S: 'connection#a=' }, sk: { S: 'connection' } });
    expect(subscriptionKey('news', 'a=')).toEqual({ pk: { S: 'channel#news' }, sk: { S: 'a=' } });
    expect(countedKey('a=')).toEqual({ pk: { S: 'counted#a=' }, sk: { S: 'app' } });
    expect(countedKey('a=', '12')).toEqual({ pk: { S: 'counted#a=' }, sk: { S: 'tenant#12' } });
    expect(quotaKey(3)).toEqual({ pk: { S: 'quota#connections' }, sk: { S: '3' } });
    expect(quotaKey(3, '12')).toEqual({ pk: { S: 'quota#tenant#12' }, sk: { S: '3' } });
    expect(memberKey('presence-a', '7')).toEqual({ pk: { S: 'members#presence-a' }, sk: { S: '7' } });
    expect(countKey('news', 'subscriptions', 'a=').pk).toEqual({ S: 'occupancy#news' });
    expect(occupiedKey('news').sk).toEqual({ S: 'news' });
    expect(occupancyPartition('news')).toBe('occupancy#news');
    expect(countedPartition('a=')).toBe('counted#a=');
    expect(channelPartition('news')).toBe('channel#news');
    expect(quotaPartition()).toBe('quota#connections');
  });

  it('tell the row of a connection from every other', () => {
    expect(connectionIdOfKey('connection#a#b=', 'connection')).toBe('a#b=');
    expect(connectionIdOfKey('channel#connection#a=', 'connection')).toBeUndefined();
    expect(connectionIdOfKey('connection#a=', 'other')).toBeUndefined();
    expect(connectionIdOfKey('counted#a=', 'counted')).toBeUndefined();
  });

  it('tell a member, a count and a tenant from every other row', () => {
    const key = ({ pk, sk }: { pk: { S: string }; sk: { S: string } }) => [pk.S, sk.S] as const;
    expect(memberOfKey(...key(memberKey('presence-#a', '7#8')))).toEqual({
      channel: 'presence-#a',
      userId: '7#8',
    });
    expect(memberOfKey('channel#members#a', '7')).toBeUndefined();
    expect(countOfKey(...key(countKey('#server-to-user-7', 'members', '7')))).toEqual({
      channel: '#server-to-user-7',
      counted: 'members',
    });
    expect(countOfKey('channel#occupancy#a', 'subscriptions#1')).toBeUndefined();
    expect(countOfKey('occupancy#a', 'others#1')).toBeUndefined();
    expect(countedTenantOf(countedKey('a=', 'app').sk.S)).toBe('app');
    expect(countedTenantOf(countedKey('a=').sk.S)).toBeUndefined();
  });

  it('spread the connections of a channel over sixteen counts, and channels over eight lists', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `name-${index}`);
    const counts = new Set(names.map((name) => countKey('news', 'subscriptions', name).sk.S));
    expect([...counts].sort()).toEqual(
      Array.from({ length: 16 }, (_, shard) => `subscriptions#${shard}`).sort(),
    );
    const lists = new Set(names.map((name) => occupiedKey(name).pk.S));
    expect([...lists].sort()).toEqual([...occupiedPartitions()]);
    expect(lists.size).toBe(8);
  });
});

describe('the shard that counts a connection', () => {
  const ids = Array.from({ length: 8_000 }, (_, index) =>
    Buffer.from(`connection ${index}`).toString('base64url'),
  );

  it('is always the same', () => {
    expect(ids.map(quotaShardOf)).toEqual(ids.map(quotaShardOf));
    expect(['R0oXAdfD0kwCH6w=', 'JC1dgf9yoAMCK-g=', ''].map(quotaShardOf)).toEqual([58, 52, 5]);
  });

  it('is one of 64, each for about as many', () => {
    const counts = new Map<number, number>();
    for (const id of ids) {
      counts.set(quotaShardOf(id), (counts.get(quotaShardOf(id)) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 64 }, (_, shard) => shard),
    );
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(80);
      expect(count).toBeLessThan(170);
    }
  });
});
