import { describe, expect, it } from 'vitest';
import {
  channelPartition,
  connectionIdOfKey,
  connectionKey,
  countedKey,
  quotaKey,
  quotaPartition,
  quotaShardOf,
  subscriptionKey,
} from '../../../../lambdas/adapters/dynamodb/keys.ts';

describe('the keys of the Connections table', () => {
  it('are these', () => {
    expect(connectionKey('a=')).toEqual({ pk: { S: 'connection#a=' }, sk: { S: 'connection' } });
    expect(subscriptionKey('news', 'a=')).toEqual({ pk: { S: 'channel#news' }, sk: { S: 'a=' } });
    expect(countedKey('a=')).toEqual({ pk: { S: 'counted#a=' }, sk: { S: 'counted' } });
    expect(quotaKey(3)).toEqual({ pk: { S: 'quota#connections' }, sk: { S: '3' } });
    expect(channelPartition('news')).toBe('channel#news');
    expect(quotaPartition()).toBe('quota#connections');
  });

  it('tell the row of a connection from every other', () => {
    expect(connectionIdOfKey('connection#a#b=', 'connection')).toBe('a#b=');
    expect(connectionIdOfKey('channel#connection#a=', 'connection')).toBeUndefined();
    expect(connectionIdOfKey('connection#a=', 'other')).toBeUndefined();
    expect(connectionIdOfKey('counted#a=', 'counted')).toBeUndefined();
  });

  it('leave a subscription row small: fan-out pays for every byte it reads', () => {
    // A long name of a channel, API Gateway's length of a connection id. Names and values count, a number with a byte for two digits
    // and one more; the mark of a lagging connection is a string of 40 digits.
    // Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    const { pk, sk } = subscriptionKey('private-commerce.9007199254740991.payments', 'R0oXAdfD0kwCH6w=');
    const [seconds, milliseconds, mark] = [10 / 2 + 1, Math.ceil(13 / 2) + 1, 40];
    const text = `pk${pk.S}sk${sk.S}expiresAtsinceaskedAtlagging`;
    const bytes = text.length + 2 * seconds + milliseconds + mark;
    expect(bytes).toBeLessThanOrEqual(160);
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
