import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { expiryOf } from '../../lambdas/protocol/connection-lifetime.ts';
import { MAX_RECEIVES } from '../../lambdas/use-cases/deliver.ts';
import { inWords, resourcesOf } from './function-permissions.ts';
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

  it('are alone on their streams: more than two readers of a shard would throttle each other', () => {
    const sources = mappings.map(({ EventSourceArn }) => inWords(EventSourceArn));
    expect(sources.filter((source) => source.endsWith(' stream')).sort()).toEqual([
      'Connections stream',
      'Notifications stream',
    ]);
  });
});

describe('the consumers of queues', () => {
  it.each([
    ['FanOutDeliver', 'FanOutRetry'],
    ['ConnectionsExpire', 'ConnectionsExpiry'],
  ])('%s works off %s, message by message', (fn, source) => {
    expect(inWords(feeding(fn).EventSourceArn)).toBe(source);
    expect(feeding(fn)).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 20 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it.each([
    ['FanOutDeliver', 'FanOutRetry'],
    ['ConnectionsExpire', 'ConnectionsExpiry'],
  ])('%s has finished with a message of %s long before it is shown again', (fn, source) => {
    const functions = Object.entries(resourcesOf(realtime, 'AWS::Lambda::Function'));
    const timeout = functions.find(([id]) => id.startsWith(fn))?.[1].Properties.Timeout;
    expect(queue(source).VisibilityTimeout).toBe(6 * Number(timeout));
  });
});

describe('the queues', () => {
  it.each([
    ['FanOutRetry', 'FanOutRetryDeadLetter', true],
    ['ConnectionsExpiry', 'ConnectionsExpiryDeadLetter', undefined],
  ])('%s gives a message up to %s only when no connection can be open any more', (id, deadLetters, fifo) => {
    const { deadLetterTargetArn, maxReceiveCount } = queue(id).RedrivePolicy as {
      deadLetterTargetArn: unknown;
      maxReceiveCount: number;
    };
    expect([inWords(deadLetterTargetArn), maxReceiveCount]).toEqual([deadLetters, 100]);
    expect(maxReceiveCount * Number(queue(id).VisibilityTimeout)).toBeGreaterThan(expiryOf(0, undefined));
    expect([queue(id).FifoQueue, queue(deadLetters).FifoQueue]).toEqual([fifo, fifo]);
  });

  it('leave it to the function to give up a delivery long before', () => {
    const { maxReceiveCount } = queue('FanOutRetry').RedrivePolicy as { maxReceiveCount: number };
    expect(maxReceiveCount).toBeGreaterThanOrEqual(10 * MAX_RECEIVES);
  });

  it.each(['FanOutRetry', 'FanOutRetryDeadLetter'])('%s, being FIFO, has high throughput', (id) => {
    expect(queue(id)).toMatchObject({
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('for rows and for stretches of a stream are standard ones: Lambda reports to no other kind', () => {
    expect(queue('FanOutDeadLetter').FifoQueue).toBeUndefined();
    expect(queue('StreamFailures').FifoQueue).toBeUndefined();
  });

  it('are encrypted, keep everything for 14 days and speak TLS only', () => {
    const queues = resourcesOf(realtime, 'AWS::SQS::Queue');
    expect(Object.keys(queues)).toHaveLength(6);
    for (const [id, { Properties }] of Object.entries(queues)) {
      expect(Properties, id).toMatchObject({
        SqsManagedSseEnabled: true,
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
