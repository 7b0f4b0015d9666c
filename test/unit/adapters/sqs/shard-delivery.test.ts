import { describe, expect, it } from 'vitest';
import { readShardDelivery } from '../../../../lambdas/adapters/sqs/shard-delivery.ts';

const message = {
  channel: 'news',
  shard: 3,
  kind: 'notification',
  notificationId: 'n1',
  sequenceNumber: '400000000000000000001',
  frames: ['{}'],
};

describe('a message of the delivery queue', () => {
  it.each([
    {},
    { storedAt: 1_764_000_000.25 },
    { except: { connectionId: 'a=' } },
    { except: { userId: '' } },
    { only: 'a=', frames: [] },
    { kind: 'of a newer function' },
  ])('is read with %j', (more) => {
    expect(readShardDelivery(JSON.stringify({ ...message, ...more }))).toEqual({ ...message, ...more });
  });

  it('is read without what nobody knows', () => {
    expect(readShardDelivery(JSON.stringify({ ...message, more: 1 }))).toEqual(message);
  });

  it.each([
    { channel: undefined },
    { channel: 1 },
    { shard: undefined },
    { shard: '3' },
    { shard: -1 },
    { shard: 1.5 },
    { kind: undefined },
    { notificationId: null },
    { sequenceNumber: 4 },
    { sequenceNumber: '' },
    { sequenceNumber: '4e20' },
    { storedAt: '1764000000' },
    { frames: undefined },
    { frames: '{}' },
    { frames: ['{}', 1] },
    { except: 'a=' },
    { except: {} },
    { except: { connectionId: 1 } },
    { except: { connectionId: 'a=', userId: 7 } },
    { only: 1 },
    { only: null },
  ])('is refused with %j: it says what must be there', (more) => {
    expect(() => readShardDelivery(JSON.stringify({ ...message, ...more }))).toThrow(
      /^a message of the delivery queue must carry channel, kind and notificationId.* shard, a whole number/,
    );
  });

  it.each(['no json', 'null', '[]', '"text"'])('is refused when it is %s', (body) => {
    expect(() => readShardDelivery(body)).toThrow();
  });
});
