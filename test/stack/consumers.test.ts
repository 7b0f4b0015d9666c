import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import {
  connectionKey,
  countKey,
  memberKey,
  occupiedKey,
  queueKey,
  quotaKey,
  shardsKey,
  subscriptionKey,
  userKey,
} from '../../lambdas/adapters/dynamodb/keys.ts';
import { MAX_MESSAGE_BYTES } from '../../lambdas/adapters/sqs/message-body.ts';
import { expiryOf } from '../../lambdas/protocol/connection-lifetime.ts';
import { FITTED_AT_EACH } from '../../lambdas/use-cases/follow-occupancy.ts';
import { MAX_RECEIVES } from '../../lambdas/use-cases/redeliver.ts';
import { compileStreamFilters } from '../../local/runtime/event-sources/filter-criteria.ts';
import { environmentOf, inWords, resourcesOf } from './function-permissions.ts';
import { synthesize } from './synthesized-stacks.ts';

const { realtime } = synthesize();

const mappings = Object.values(resourcesOf(realtime, 'AWS::Lambda::EventSourceMapping')).map(
  ({ Properties }) => Properties,
);
const feeding = (fn: string) => mappings.find(({ FunctionName }) => inWords(FunctionName) === fn) ?? {};

function queue(id: string): Readonly<Record<string, unknown>> {
  const [found] = Object.entries(resourcesOf(realtime, 'AWS::SQS::Queue')).filter(
    ([logicalId]) => logicalId.replace(/[0-9A-F]{8}$/, '') === id,
  );
  if (found === undefined) throw new Error(`There is no queue ${id}.`);
  return found[1].Properties;
}

function filterOf({ FilterCriteria }: Readonly<Record<string, unknown>>): unknown {
  const { Filters } = FilterCriteria as { Filters: { Pattern: string }[] };
  return Filters.map(({ Pattern }) => JSON.parse(Pattern));
}

describe('the consumers of streams', () => {
  it.each([
    // Each connection is a row of its own; the notifications of a channel are many rows, and their order counts.
    ['ConnectionsLifecycle', 'Connections stream', { BatchSize: 100, ParallelizationFactor: 10 }],
    ['FanOutBroadcast', 'Notifications stream', { BatchSize: 10, ParallelizationFactor: 1 }],
    ['OccupancyFollow', 'Connections stream', { BatchSize: 100, ParallelizationFactor: 10 }],
  ])('%s reads the %s from its beginning, and gives up by age', (fn, stream, sizes) => {
    expect(inWords(feeding(fn).EventSourceArn)).toBe(stream);
    expect(feeding(fn)).toMatchObject({
      ...sizes,
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: 1_000,
      MaximumRecordAgeInSeconds: 6 * 3600,
    });
    const { OnFailure } = feeding(fn).DestinationConfig as { OnFailure: { Destination: unknown } };
    expect(inWords(OnFailure.Destination)).toBe('StreamFailures');
  });

  it('the lifecycle function sees connections come and go, and no other row', () => {
    expect(filterOf(feeding('ConnectionsLifecycle'))).toEqual([
      { eventName: ['INSERT', 'REMOVE'], dynamodb: { Keys: { sk: { S: ['connection'] } } } },
    ]);
  });

  it('the broadcaster sees notifications being written, and nothing else', () => {
    expect(filterOf(feeding('FanOutBroadcast'))).toEqual([{ eventName: ['INSERT'] }]);
  });

  describe('the occupancy function', () => {
    const seesBy = (mapping: Readonly<Record<string, unknown>>) => {
      const { Filters } = mapping.FilterCriteria as { Filters: { Pattern: string }[] };
      const matches = compileStreamFilters(Filters.map(({ Pattern }) => Pattern));
      return (eventName: string, Keys: object, NewImage?: object) =>
        matches({ eventName, dynamodb: { Keys, ...(NewImage && { NewImage: { ...Keys, ...NewImage } }) } });
    };
    const sees = seesBy(feeding('OccupancyFollow'));
    const count = countKey('news', 'subscriptions', 'a=');

    it('sees the members whose last connection has left', () => {
      const member = memberKey('presence-room', '7');
      expect(sees('MODIFY', member, { connections: { N: '0' } })).toBe(true);
      expect(sees('MODIFY', member, { connections: { N: '1' } })).toBe(false);
      expect(sees('INSERT', member, { connections: { N: '1' } })).toBe(false);
      expect(sees('REMOVE', member)).toBe(false);
    });

    it.each([
      ['INSERT', '1', true],
      ['MODIFY', '1', true],
      ['MODIFY', '0', true],
      ['MODIFY', '2', false],
      ['MODIFY', '10', false],
      ['MODIFY', '-1', false],
    ])('sees numbers of subscriptions that reach or leave zero: %s of %s', (eventName, N, isSeen) => {
      expect(sees(eventName, count, { count: { N } })).toBe(isSeen);
      expect(sees(eventName, countKey('news', 'members', '7'), { count: { N } })).toBe(false);
    });

    it('sees them at each hundred, when the function fits a channel with shards, and not in between', () => {
      for (const eventName of ['INSERT', 'MODIFY']) {
        for (let number = 2; number <= 12 * FITTED_AT_EACH + 2; number++) {
          const image = { count: { N: String(number) } };
          expect(sees(eventName, count, image), `${number}`).toBe(number % FITTED_AT_EACH === 0);
          expect(sees(eventName, countKey('news', 'members', '7'), image)).toBe(false);
        }
      }
    });

    it('sees those that are removed by TTL', () => {
      expect(sees('REMOVE', count)).toBe(true);
      expect(sees('REMOVE', countKey('news', 'members', '7'))).toBe(false);
    });

    it('sees every change of them where the numbers are told', () => {
      const counting = synthesize({ subscriptionCountIntervalInSeconds: 5 });
      const [mapping] = Object.values(
        resourcesOf(counting.realtime, 'AWS::Lambda::EventSourceMapping'),
      ).filter(({ Properties }) => inWords(Properties.FunctionName) === 'OccupancyFollow');
      const seesAll = seesBy(mapping?.Properties ?? {});
      expect(seesAll('MODIFY', count, { count: { N: '7' } })).toBe(true);
      expect(seesAll('MODIFY', countKey('news', 'members', '7'), { count: { N: '7' } })).toBe(false);
    });

    it.each([
      connectionKey('a='),
      subscriptionKey({ channel: 'news', shard: 0, connectionId: 'a=' }),
      shardsKey('news'),
      queueKey('news', 0),
      occupiedKey('news'),
      quotaKey(1),
      userKey('7', 'a='),
    ])('sees no other row', (key) => {
      for (const eventName of ['INSERT', 'MODIFY', 'REMOVE']) {
        expect(sees(eventName, key, { count: { N: '1' }, connections: { N: '0' } })).toBe(false);
      }
    });
  });

  it('are two at most on a stream: more readers of a shard would throttle each other', () => {
    const sources = mappings.map(({ EventSourceArn }) => inWords(EventSourceArn));
    expect(sources.filter((source) => source.endsWith(' stream')).sort()).toEqual([
      'Connections stream',
      'Connections stream',
      'Notifications stream',
    ]);
  });
});

describe('the consumers of queues', () => {
  it.each([
    ['FanOutRedeliver', 'FanOutRetry'],
    ['ConnectionsExpire', 'ConnectionsExpiry'],
    ['OccupancySettle', 'OccupancyGrace'],
  ])('%s works off %s, message by message', (fn, source) => {
    expect(inWords(feeding(fn).EventSourceArn)).toBe(source);
    expect(feeding(fn)).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 20 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it.each([
    [500, 2, '200'],
    [2_500, 2, '1000'],
    [10_000, 2, '4000'],
    [10_001, 3, '2666'],
    [100_000, 20, '4000'],
    [1_000_000, 200, '4000'],
  ])(
    'of %i posts a second leave a fifth to others: large audiences get %i environments with %s each',
    (...row) => {
      const [postsPerSecond, environments, each] = row;
      const { realtime: paced } = synthesize({ throttling: { postsPerSecond } });
      const [mapping] = Object.values(resourcesOf(paced, 'AWS::Lambda::EventSourceMapping')).filter(
        ({ Properties }) => inWords(Properties.FunctionName) === 'FanOutDeliver',
      );
      expect(mapping?.Properties).toMatchObject({
        // A shard at a time, which a call gets all its time for.
        BatchSize: 10,
        ScalingConfig: { MaximumConcurrency: environments },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      expect(inWords(mapping?.Properties.EventSourceArn)).toBe('FanOutDelivery');
      expect(environmentOf(paced, 'deliver').POSTS_PER_SECOND).toBe(each);
      expect(environments * Number(each)).toBeLessThanOrEqual(0.8 * postsPerSecond);
      expect(environments * Number(each)).toBeGreaterThan(0.8 * postsPerSecond - environments);
    },
  );

  it.each([
    ['FanOutDeliver', 'FanOutDelivery'],
    ['FanOutRedeliver', 'FanOutRetry'],
    ['ConnectionsExpire', 'ConnectionsExpiry'],
    ['OccupancySettle', 'OccupancyGrace'],
  ])('%s has finished with a message of %s long before it is shown again', (fn, source) => {
    const functions = Object.entries(resourcesOf(realtime, 'AWS::Lambda::Function'));
    const timeout = functions.find(([id]) => id.startsWith(fn))?.[1].Properties.Timeout;
    expect(queue(source).VisibilityTimeout).toBe(6 * Number(timeout));
  });
});

describe('the queues', () => {
  it.each([
    ['FanOutDelivery', 'FanOutDeliveryDeadLetter', true, 200],
    ['FanOutRetry', 'FanOutRetryDeadLetter', true, 100],
    ['ConnectionsExpiry', 'ConnectionsExpiryDeadLetter', undefined, 100],
    ['OccupancyGrace', 'OccupancyGraceDeadLetter', undefined, 100],
  ])(
    '%s gives a message up to %s only when no connection can be open any more',
    (id, deadLetters, fifo, receives) => {
      const { deadLetterTargetArn, maxReceiveCount } = queue(id).RedrivePolicy as {
        deadLetterTargetArn: unknown;
        maxReceiveCount: number;
      };
      expect([inWords(deadLetterTargetArn), maxReceiveCount]).toEqual([deadLetters, receives]);
      expect(maxReceiveCount * Number(queue(id).VisibilityTimeout)).toBeGreaterThan(expiryOf(0, undefined));
      expect([queue(id).FifoQueue, queue(deadLetters).FifoQueue]).toEqual([fifo, fifo]);
    },
  );

  // It has a message come again within a minute, where others leave that to the queue.
  it('leave it to the function to say that something is too old for a large audience', () => {
    const { maxReceiveCount } = queue('FanOutDelivery').RedrivePolicy as { maxReceiveCount: number };
    expect(maxReceiveCount * 60).toBeGreaterThan(expiryOf(0, undefined));
  });

  it('leave it to the function to give up a delivery long before', () => {
    const { maxReceiveCount } = queue('FanOutRetry').RedrivePolicy as { maxReceiveCount: number };
    expect(maxReceiveCount).toBeGreaterThanOrEqual(10 * MAX_RECEIVES);
  });

  const fifo = ['FanOutDelivery', 'FanOutDeliveryDeadLetter', 'FanOutRetry', 'FanOutRetryDeadLetter'];
  it.each(fifo)('%s, being FIFO, has high throughput', (id) => {
    expect(queue(id)).toMatchObject({
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('for rows and for stretches of a stream are standard ones: Lambda reports to no other kind', () => {
    expect(queue('FanOutDeadLetter').FifoQueue).toBeUndefined();
    expect(queue('StreamFailures').FifoQueue).toBeUndefined();
  });

  it('are encrypted, take the largest messages, keep everything for 14 days and speak TLS only', () => {
    const queues = resourcesOf(realtime, 'AWS::SQS::Queue');
    expect(Object.keys(queues)).toHaveLength(10);
    for (const [id, { Properties }] of Object.entries(queues)) {
      expect(Properties, id).toMatchObject({
        SqsManagedSseEnabled: true,
        MaximumMessageSize: MAX_MESSAGE_BYTES,
        MessageRetentionPeriod: 14 * 86_400,
      });
      realtime.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      });
    }
  });
});
