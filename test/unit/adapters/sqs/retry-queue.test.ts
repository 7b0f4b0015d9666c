import { afterEach, describe, expect, it } from 'vitest';
import { readPendingDelivery } from '../../../../lambdas/adapters/sqs/pending-delivery.ts';
import { SqsRetryQueue } from '../../../../lambdas/adapters/sqs/retry-queue.ts';
import type { PendingDelivery } from '../../../../lambdas/ports/queues.ts';
import { clock, type Entry, startBatchTaker, taken } from './fifo-batches.ts';

let taker: Awaited<ReturnType<typeof startBatchTaker>>;
afterEach(async () => {
  await taker.aws.stop();
});

async function queueOn(answer: Parameters<typeof startBatchTaker>[0]) {
  taker = await startBatchTaker(answer);
  return new SqsRetryQueue(taker.client, clock, `${taker.aws.endpoint}/000000000000/retry.fifo`);
}

const batches = (): Entry[][] => taker.batches();

const delivery = (connectionId: string, more: Partial<PendingDelivery> = {}): PendingDelivery => ({
  connectionId,
  channel: 'private-commerce.12',
  shard: 3,
  notificationId: '01J0000000000000000000000A',
  sequenceNumber: '400000000000000000001',
  frames: ['{"event":"notification.created"}'],
  ...more,
});

describe('the retry queue', () => {
  it('sends ten a batch and loses none', async () => {
    const queue = await queueOn((entries) => taken(entries));
    await queue.enqueue(Array.from({ length: 23 }, (_, index) => delivery(`c${index}=`)));
    expect(
      batches()
        .map((batch) => batch.length)
        .toSorted(),
    ).toEqual([10, 10, 3]);
    const ids = batches()
      .flat()
      .map(({ MessageBody }) => readPendingDelivery(MessageBody).connectionId);
    expect(ids.toSorted()).toEqual(Array.from({ length: 23 }, (_, index) => `c${index}=`).toSorted());
  });

  it('sends nothing when nothing is owed', async () => {
    const queue = await queueOn((entries) => taken(entries));
    await queue.enqueue([]);
    expect(taker.aws.requests).toHaveLength(0);
  });

  it('gives back what it was given', async () => {
    const queue = await queueOn((entries) => taken(entries));
    const awkward = delivery('c=', { frames: ['{"data":"\\"ñ\\" \u0001 \uFFFF \\ud800"}', '{}'] });
    await queue.enqueue([awkward]);
    const body = batches()[0]?.[0]?.MessageBody ?? '';
    expect(body).not.toMatch(/[\uFFFE\uFFFF]/);
    expect(readPendingDelivery(body)).toEqual(awkward);
  });

  it('groups by connection and channel, and knows a delivery by its notification too', async () => {
    const queue = await queueOn((entries) => taken(entries));
    await queue.enqueue([
      delivery('a='),
      delivery('b='),
      delivery('a=', { channel: 'private-commerce.13' }),
      delivery('a=', { notificationId: '01J0000000000000000000000B' }),
      delivery('a='),
    ]);
    const entries = batches().flat();
    const groups = entries.map(({ MessageGroupId }) => MessageGroupId);
    const [a, b, other, later, again] = groups;
    expect(new Set([a, b, other]).size).toBe(3);
    expect([later, again]).toEqual([a, a]);
    const deduplication = entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId);
    expect(new Set(deduplication).size).toBe(4);
    expect(deduplication[4]).toBe(deduplication[0]);
    for (const id of [...groups, ...deduplication]) {
      expect(id).toMatch(/^[\w-]{43}$/);
    }
  });

  it('knows what is sent again after a lost answer, and names anew what is queued anew', async () => {
    const queue = await queueOn((entries, index) =>
      index === 0 ? { status: 500 } : index === 1 ? taken(entries, ['0']) : taken(entries),
    );
    await queue.enqueue([delivery('a=')]);
    await queue.enqueue([delivery('a=')]);
    const ids = batches().map(([entry]) => entry?.MessageDeduplicationId);
    expect(ids).toEqual([ids[0], ids[0], ids[0], ids[3]]);
    expect(ids[3]).not.toBe(ids[0]);
  });

  it('puts no two messages of a group into one batch, so that a batch taken in part keeps their order', async () => {
    const queue = await queueOn((entries) => taken(entries));
    await queue.enqueue([
      delivery('a=', { notificationId: 'n1' }),
      delivery('a=', { notificationId: 'n2' }),
      delivery('b=', { notificationId: 'n1' }),
    ]);
    expect(batches().map((batch) => batch.length)).toEqual([1, 2]);
  });

  it('keeps a batch below 256 KB and sends a larger frame by itself', async () => {
    const queue = await queueOn((entries) => taken(entries));
    const frames = ['x'.repeat(120 * 1024)];
    await queue.enqueue([
      delivery('a=', { frames }),
      delivery('b=', { frames }),
      delivery('c=', { frames }),
      delivery('d=', { frames: ['"'.repeat(128 * 1024)] }),
      delivery('e='),
    ]);
    expect(
      batches()
        .map((batch) => batch.length)
        .toSorted(),
    ).toEqual([1, 1, 1, 2]);
  });

  it('sends again what a batch was not taken of, and only that', async () => {
    const queue = await queueOn((entries, index) => (index === 0 ? taken(entries, ['1']) : taken(entries)));
    await queue.enqueue([delivery('a='), delivery('b='), delivery('c=')]);
    expect(batches().map((batch) => batch.map(({ Id }) => Id))).toEqual([['0', '1', '2'], ['1']]);
  });

  it('throws when a message is never taken', async () => {
    const queue = await queueOn((entries) => taken(entries, ['0']));
    await expect(queue.enqueue([delivery('a=')])).rejects.toThrow(
      '1 of 1 messages could not be queued (InternalError) in retry.fifo',
    );
    expect(taker.aws.requests).toHaveLength(5);
  });

  it('does not repeat what was our own fault', async () => {
    const queue = await queueOn((entries) => taken(entries, ['0'], true));
    await expect(queue.enqueue([delivery('a=')])).rejects.toThrow('could not be queued');
    expect(taker.aws.requests).toHaveLength(1);
  });
});

describe('a message of the retry queue', () => {
  const others = { connectionId: 'a=', channel: 'news', notificationId: 'n1', sequenceNumber: '4' };

  it('is read from before a delivery could have several frames', () => {
    const { frames: _, ...former } = delivery('a=');
    expect(readPendingDelivery(JSON.stringify({ ...former, frame: '{"event":"e"}' }))).toEqual({
      ...former,
      frames: ['{"event":"e"}'],
    });
  });

  it('is of shard 0 when it is from before there were others', () => {
    const { shard: _, ...former } = delivery('a=');
    expect(readPendingDelivery(JSON.stringify(former))).toEqual({ ...former, shard: 0 });
  });

  it.each([
    'no json',
    'null',
    '{}',
    JSON.stringify(others),
    JSON.stringify({ ...others, frame: 1 }),
    JSON.stringify({ ...others, frames: '{}' }),
    JSON.stringify({ ...others, frames: ['{}', 1] }),
    JSON.stringify({ ...others, connectionId: 1, frames: ['{}'] }),
    JSON.stringify({ ...others, sequenceNumber: undefined, frames: ['{}'] }),
    JSON.stringify({ ...others, shard: '0', frames: ['{}'] }),
    JSON.stringify({ ...others, shard: -1, frames: ['{}'] }),
    JSON.stringify({ ...others, shard: null, frames: ['{}'] }),
  ])('is refused when it is %s', (body) => {
    expect(() => readPendingDelivery(body)).toThrow();
  });
});
