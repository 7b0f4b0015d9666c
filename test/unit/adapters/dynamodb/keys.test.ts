import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BEFORE_ALL_CONNECTIONS,
  channelPartition,
  channelShardOf,
  channelShardsOf,
  connectionIdOfKey,
  connectionKey,
  countedKey,
  countedPartition,
  countedTenantOf,
  countKey,
  countOfKey,
  kindOfChannelRow,
  MOST_CHANNEL_SHARDS,
  memberKey,
  memberOfKey,
  occupancyPartition,
  occupiedKey,
  occupiedPartitions,
  queueKey,
  quotaKey,
  quotaPartition,
  quotaShardOf,
  shardsKey,
  subscriptionKey,
} from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { channelOfUser, isChannelName, watchlistChannelOf } from '../../../../lambdas/protocol/channel.ts';
import { anyText } from '../../any-text.ts';

describe('the keys of the Connections table', () => {
  it('are these', () => {
    expect(connectionKey('a=')).toEqual({ pk: { S: 'connection#a=' }, sk: { S: 'connection' } });
    expect(subscriptionKey({ channel: 'news', shard: 5, connectionId: 'a=' })).toEqual({
      pk: { S: 'channel#5#news' },
      sk: { S: 'a=' },
    });
    expect(shardsKey('news')).toEqual({ pk: { S: 'channel#news' }, sk: { S: '#shards' } });
    expect(queueKey('news', 5)).toEqual({ pk: { S: 'channel#5#news' }, sk: { S: '#queue' } });
    expect(countedKey('a=')).toEqual({ pk: { S: 'counted#a=' }, sk: { S: 'app' } });
    expect(countedKey('a=', '12')).toEqual({ pk: { S: 'counted#a=' }, sk: { S: 'tenant#12' } });
    expect(quotaKey(3)).toEqual({ pk: { S: 'quota#connections' }, sk: { S: '3' } });
    expect(quotaKey(3, '12')).toEqual({ pk: { S: 'quota#tenant#12' }, sk: { S: '3' } });
    expect(memberKey('presence-a', '7')).toEqual({ pk: { S: 'members#presence-a' }, sk: { S: '7' } });
    expect(countKey('news', 'subscriptions', 'a=').pk).toEqual({ S: 'occupancy#news' });
    expect(occupiedKey('news').sk).toEqual({ S: 'news' });
    expect(occupancyPartition('news')).toBe('occupancy#news');
    expect(countedPartition('a=')).toBe('counted#a=');
    expect(channelPartition('news', 5)).toBe('channel#5#news');
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

const ids = Array.from({ length: 8_000 }, (_, index) =>
  Buffer.from(`connection ${index}`).toString('base64url'),
);

describe('the rows of a channel', () => {
  it('are told apart, and those that are no subscription come first', () => {
    const beside = [shardsKey('news').sk.S, queueKey('news', 0).sk.S];
    expect(beside.map(kindOfChannelRow)).toEqual(['shards', 'queue']);
    const letters = [...'ABCXYZabcxyz0189+/-_='];
    for (const letter of letters) {
      expect(kindOfChannelRow(letter)).toBe('subscription');
      expect(letter > BEFORE_ALL_CONNECTIONS).toBe(true);
    }
    for (const sk of beside) expect(sk < BEFORE_ALL_CONNECTIONS).toBe(true);
  });

  it('are in no other partition, whatever channels are called', () => {
    const legal = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((letter) =>
      isChannelName(`a${letter}`),
    );
    const name = fc.oneof(
      ...[legal, legal.filter((letter) => '01#a'.includes(letter))].map((letters) =>
        fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 4 }),
      ),
    );
    // Any text is a user's id.
    const userId = fc.oneof(anyText, fc.string({ unit: fc.constantFrom(...'01#a'), maxLength: 4 }));
    const channel = fc.oneof(
      name,
      name.map((base) => `#${base}`),
      userId.map(channelOfUser),
      userId.map(watchlistChannelOf),
    );
    const shards = fc.constantFrom(0, 1, 10, 11, MOST_CHANNEL_SHARDS - 1);
    const places = fc.uniqueArray(fc.tuple(channel, shards), {
      minLength: 40,
      maxLength: 80,
      selector: (place) => JSON.stringify(place),
    });
    fc.assert(
      fc.property(places, (different) => {
        const keys = new Set(different.map((place) => channelPartition(...place)));
        expect(keys.size).toBe(different.length);
        // That name would be another channel's in shard 0.
        for (const [name, shard] of different) expect(isChannelName(`${shard}#${name}`)).toBe(false);
      }),
    );
  });

  it('are where they were before there were shards, in the first of them', () => {
    expect(channelPartition('news', 0)).toBe('channel#news');
    expect(channelPartition('#server-to-user-7', 0)).toBe('channel##server-to-user-7');
    expect(channelPartition('#server-to-user-7', 11)).toBe('channel#11##server-to-user-7');
  });
});

describe('the shard in which a connection subscribes', () => {
  it('is the same for the same number of shards, and the only one where there is one', () => {
    for (const shards of [1, 2, 8, 64]) {
      expect(ids.map((id) => channelShardOf(id, shards))).toEqual(
        ids.map((id) => channelShardOf(id, shards)),
      );
    }
    expect(new Set(ids.map((id) => channelShardOf(id, 1)))).toEqual(new Set([0]));
  });

  it.each([2, 8, 64])('of %i has about as many as every other', (shards) => {
    const counts = Array.from({ length: shards }, () => 0);
    for (const id of ids) counts[channelShardOf(id, shards)] = (counts[channelShardOf(id, shards)] ?? 0) + 1;
    expect(Math.min(...counts)).toBeGreaterThan((ids.length / shards) * 0.6);
    expect(Math.max(...counts)).toBeLessThan((ids.length / shards) * 1.4);
  });

  it('is one of at most seven, whatever the number was', () => {
    for (const id of ids.slice(0, 500)) {
      const places = channelShardsOf(id, MOST_CHANNEL_SHARDS);
      expect(places.length).toBeLessThanOrEqual(7);
      expect(new Set(places).size).toBe(places.length);
      for (const shards of [1, 2, 4, 8, 16, 32, 64]) expect(places).toContain(channelShardOf(id, shards));
      expect(channelShardsOf(id, 4).every((shard) => shard < 4)).toBe(true);
      expect(channelShardsOf(id, 1)).toEqual([0]);
    }
  });
});

describe('the shard that counts a connection', () => {
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
