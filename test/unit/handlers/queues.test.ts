import '../../setup/as-a-function.ts';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { readExpiry } from '../../../lambdas/adapters/sqs/expiry-schedule.ts';
import { readGraceWake } from '../../../lambdas/adapters/sqs/grace-schedule.ts';
import { readPendingDelivery } from '../../../lambdas/adapters/sqs/pending-delivery.ts';
import { readShardDelivery } from '../../../lambdas/adapters/sqs/shard-delivery.ts';
import { deliverHandler } from '../../../lambdas/handlers/deliver.ts';
import { expireHandler } from '../../../lambdas/handlers/expire.ts';
import { redeliverHandler } from '../../../lambdas/handlers/redeliver.ts';
import { settleHandler } from '../../../lambdas/handlers/settle.ts';
import type { Logger } from '../../../lambdas/ports/logger.ts';
import type { QueuedShardDelivery } from '../../../lambdas/use-cases/deliver.ts';
import type { QueuedDelivery } from '../../../lambdas/use-cases/redeliver.ts';

const silent: Logger = { info: () => {}, warn: () => {}, error: () => {} };

const message = (
  messageId: string,
  body: unknown,
  attributes: Partial<SQSRecord['attributes']> = {},
): SQSRecord => ({
  messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1764000000000',
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '1764000000000',
    ...attributes,
  },
  receiptHandle: 'handle',
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
  awsRegion: 'us-east-1',
});

const delivery = {
  connectionId: 'a=',
  channel: 'news',
  shard: 0,
  notificationId: '1',
  sequenceNumber: '4',
  frames: ['{}'],
};

describe('the retry queue', () => {
  const delivering = (failed: readonly string[] = []) => {
    const seen: QueuedDelivery[] = [];
    const ends: number[] = [];
    const redeliverAll = async (messages: readonly QueuedDelivery[], endsAt: number) => {
      seen.push(...messages);
      ends.push(endsAt);
      return failed;
    };
    const clock = { now: () => 1_764_000_000_000, sleep: async () => {} };
    const handle = redeliverHandler({ redeliverAll, readPendingDelivery, clock, logger: silent });
    return {
      seen,
      ends,
      handle: (event: SQSEvent) => handle(event, { getRemainingTimeInMillis: () => 14_900 }),
    };
  };

  it('hands on each delivery with its group and how often it has come', async () => {
    const { handle, seen } = delivering();
    await handle({
      Records: [message('m1', delivery, { MessageGroupId: 'g', ApproximateReceiveCount: '3' })],
    });
    expect(seen).toEqual([{ messageId: 'm1', group: 'g', receiveCount: 3, delivery }]);
  });

  it('tells when the invocation ends', async () => {
    const { handle, ends } = delivering();
    await handle({ Records: [message('m1', delivery)] });
    expect(ends).toEqual([1_764_000_014_900]);
  });

  it('reports the messages that have to come again', async () => {
    const { handle } = delivering(['m2']);
    expect(await handle({ Records: [] })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  });

  it('reports a message that cannot be read and delivers the others', async () => {
    const { handle, seen } = delivering(['m3']);
    const result = await handle({
      Records: [message('m1', 'no json'), message('m2', delivery), message('m3', delivery)],
    });
    expect(seen.map(({ messageId }) => messageId)).toEqual(['m2', 'm3']);
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm3' }] });
  });
});

describe('the delivery queue', () => {
  const shardDelivery = {
    channel: 'news',
    shard: 3,
    kind: 'notification',
    notificationId: '1',
    sequenceNumber: '4',
    frames: ['{}'],
  };
  const delivering = (failed: readonly string[] = []) => {
    const seen: unknown[] = [];
    const deliverAll = async (messages: readonly QueuedShardDelivery[], endsAt: number) => {
      seen.push(...messages, endsAt);
      return failed;
    };
    const clock = { now: () => 1_764_000_000_000, sleep: async () => {} };
    const postponed: unknown[] = [];
    const postpone = async (messages: readonly unknown[]): Promise<void> => {
      postponed.push(...messages);
    };
    const handle = deliverHandler({ deliverAll, readShardDelivery, postpone, clock, logger: silent });
    return {
      seen,
      postponed,
      handle: (event: SQSEvent) => handle(event, { getRemainingTimeInMillis: () => 119_900 }),
    };
  };

  it('hands on each message with what it is postponed by, and tells when the invocation ends', async () => {
    const { handle, seen } = delivering();
    expect(
      await handle({ Records: [message('m1', shardDelivery, { ApproximateReceiveCount: '3' })] }),
    ).toEqual({
      batchItemFailures: [],
    });
    expect(seen).toEqual([
      { messageId: 'm1', receiptHandle: 'handle', receiveCount: 3, delivery: shardDelivery },
      1_764_000_119_900,
    ]);
  });

  it('reports what has to come again, and what cannot be read, which comes soon and is given up soon', async () => {
    const { handle, seen, postponed } = delivering(['m2']);
    const result = await handle({ Records: [message('m1', 'no json'), message('m2', shardDelivery)] });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }] });
    expect(seen).toHaveLength(2);
    expect(postponed).toEqual([{ receiptHandle: 'handle', inSeconds: 1 }]);
  });
});

describe('the expiry queue', () => {
  it('handles each message for itself and reports those that failed', async () => {
    const seen: unknown[] = [];
    const handle = expireHandler({
      expire: async (wake) => {
        seen.push(wake);
        if (wake.connectionId === 'b=') throw new Error('throttled');
      },
      readExpiry,
      logger: silent,
    });
    const result = await handle({
      Records: [
        message('m1', { connectionId: 'a=', at: 1_764_000_060 }),
        message('m2', { connectionId: 'b=', at: 1_764_000_060 }),
        message('m3', 'no json'),
        message('m4', { connectionId: 'c=', at: 1_764_000_060 }),
      ],
    });
    expect(seen).toEqual(['a=', 'b=', 'c='].map((connectionId) => ({ connectionId, at: 1_764_000_060 })));
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm3' }] });
  });
});

describe('the grace queue', () => {
  it('settles each message for itself, knows which have come before, and reports those that failed', async () => {
    const seen: unknown[] = [];
    const handle = settleHandler({
      settle: async (wake, isRepeated) => {
        seen.push([wake.channel, isRepeated]);
        if (wake.channel === 'b') throw new Error('throttled');
      },
      readGraceWake,
      logger: silent,
    });
    const result = await handle({
      Records: [
        message('m1', { kind: 'vacancy', channel: 'a', since: 1 }),
        message('m2', { kind: 'absence', channel: 'b', userId: '7', since: 1 }),
        message('m3', 'no json'),
        message('m4', { kind: 'count', channel: 'c' }, { ApproximateReceiveCount: '2' }),
      ],
    });
    expect(seen).toEqual([
      ['a', false],
      ['b', false],
      ['c', true],
    ]);
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm3' }] });
  });
});
