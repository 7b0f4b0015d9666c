import { afterEach, describe, expect, it } from 'vitest';
import { SqsDeliveryQueue } from '../../../../lambdas/adapters/sqs/delivery-queue.ts';
import { readShardDelivery } from '../../../../lambdas/adapters/sqs/shard-delivery.ts';
import type { ShardDelivery } from '../../../../lambdas/ports/queues.ts';
import { clock, type Entry, startBatchTaker, taken } from './fifo-batches.ts';

let taker: Awaited<ReturnType<typeof startBatchTaker>>;
afterEach(async () => {
  await taker.aws.stop();
});

async function queueOn(answer: Parameters<typeof startBatchTaker>[0]) {
  taker = await startBatchTaker(answer);
  return new SqsDeliveryQueue(taker.client, clock, `${taker.aws.endpoint}/000000000000/delivery.fifo`);
}

const batches = (): Entry[][] => taker.batches();

const delivery = (shard: number, more: Partial<ShardDelivery> = {}): ShardDelivery => ({
  channel: 'private-commerce.12',
  shard,
  kind: 'notification',
  notificationId: '01J0000000000000000000000A',
  sequenceNumber: '400000000000000000001',
  frames: ['{"event":"notification.created"}'],
  ...more,
});

describe('the delivery queue', () => {
  it('takes all shards of a large channel in seven calls', async () => {
    const queue = await queueOn((entries) => taken(entries));
    await queue.enqueue(Array.from({ length: 64 }, (_, shard) => delivery(shard)));
    expect(
      batches()
        .map((batch) => batch.length)
        .toSorted(),
    ).toEqual([10, 10, 10, 10, 10, 10, 4]);
    const shards = batches()
      .flat()
      .map(({ MessageBody }) => readShardDelivery(MessageBody).shard);
    expect(shards.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 64 }, (_, shard) => shard),
    );
  });

  it('groups by channel and shard, and knows an entry by its place in the stream, whoever sends it again', async () => {
    const queue = await queueOn((entries) => taken(entries));
    const all = [
      delivery(0),
      delivery(1),
      delivery(0, { channel: 'private-commerce.120' }),
      delivery(0, { sequenceNumber: '400000000000000000002' }),
    ];
    await queue.enqueue(all);
    await queue.enqueue(all);

    const entries = batches().flat();
    const [first, otherShard, otherChannel, later, ...again] = entries;
    expect(new Set([first, otherShard, otherChannel].map((entry) => entry?.MessageGroupId)).size).toBe(3);
    expect(later?.MessageGroupId).toBe(first?.MessageGroupId);
    const ids = entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId);
    expect(new Set(ids).size).toBe(4);
    expect(again.map(({ MessageDeduplicationId }) => MessageDeduplicationId)).toEqual(ids.slice(0, 4));
    for (const { MessageGroupId, MessageDeduplicationId } of entries) {
      for (const id of [MessageGroupId, MessageDeduplicationId]) expect(id).toMatch(/^[\w-]{43}$/);
    }
  });

  it('does not take channel 1 of shard 12 for channel 12 of shard 1', async () => {
    const queue = await queueOn((entries) => taken(entries));
    await queue.enqueue([delivery(12, { channel: '1' }), delivery(1, { channel: '12' })]);
    const groups = batches()
      .flat()
      .map(({ MessageGroupId }) => MessageGroupId);
    expect(new Set(groups).size).toBe(2);
  });

  it('sends again what a batch was not taken of, under the same id, and throws when it never is', async () => {
    const queue = await queueOn((entries, index) => taken(entries, index === 0 ? ['1'] : []));
    await queue.enqueue([delivery(0), delivery(1)]);
    const [all = [], again = []] = batches();
    expect(again).toEqual([all[1]]);

    await taker.aws.stop();
    const broken = await queueOn((entries) => taken(entries, ['0']));
    await expect(broken.enqueue([delivery(0)])).rejects.toThrow(
      '1 of 1 messages could not be queued (InternalError) in delivery.fifo',
    );
  });

  it('gives back the largest frames that API Gateway carries, of awkward characters, within one message', async () => {
    const queue = await queueOn((entries) => taken(entries));
    const large = delivery(0, {
      frames: ['"'.repeat(128 * 1024), `\u0001\uFFFF\\ud800${'ñ'.repeat(60_000)}`],
    });
    await queue.enqueue([large, delivery(1)]);
    expect(batches().map((batch) => batch.length)).toEqual([1, 1]);
    const bodies = batches()
      .flat()
      .map(({ MessageBody }) => MessageBody);
    const body = bodies.find((each) => readShardDelivery(each).shard === 0) ?? '';
    expect(Buffer.byteLength(body)).toBeLessThan(1024 * 1024);
    expect(readShardDelivery(body)).toEqual(large);
  });
});
