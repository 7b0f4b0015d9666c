import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ResolvedFunction } from '../../../local/runtime/resolved-function.ts';
import { eventSourceWorld, everythingNeeded, ofStream } from '../setup/event-source-world.ts';
import { queueArn, queueDefinition } from '../setup/queue-world.ts';
import { streamArn } from '../setup/scripted-tables.ts';

async function world(grants = everythingNeeded, definition: Partial<ResolvedFunction> = {}) {
  const setting = await eventSourceWorld({ grants, definition });
  setting.world.queues.create(queueDefinition('jobs'));
  setting.world.queues.create(queueDefinition('orders.fifo'));
  return setting;
}

const onFailure = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });
const ofQueue = (properties: object = {}) => ({ EventSourceArn: queueArn('jobs'), ...properties });
const ofFifo = (properties: object = {}) => ({ EventSourceArn: queueArn('orders.fifo'), ...properties });

describe('an event source mapping of the template', () => {
  it.each([
    ['a stream that is not there', ofStream({ EventSourceArn: `${streamArn}x` }), /no stream/],
    ['a queue that is not there', ofQueue({ EventSourceArn: queueArn('other') }), /queue does not exist/],
    [
      'a source of another service',
      { EventSourceArn: 'arn:aws:kinesis:r:1:stream/s' },
      /kinesis.*supported are/,
    ],
    ['no starting position', ofStream({ StartingPosition: undefined }), /StartingPosition is missing/],
    [
      'a starting position in time',
      ofStream({ StartingPosition: 'AT_TIMESTAMP' }),
      /StartingPosition is "AT_TIMESTAMP"/,
    ],
    ['eleven lanes', ofStream({ ParallelizationFactor: 11 }), /ParallelizationFactor is 11/],
    ['lanes of a queue', ofQueue({ ParallelizationFactor: 2 }), /ParallelizationFactor is set/],
    ['a batch of nothing', ofStream({ BatchSize: 0 }), /BatchSize is 0/],
    ['a batch of 10,001', ofStream({ BatchSize: 10_001 }), /BatchSize is 10001/],
    ['a window of 301 seconds', ofStream({ MaximumBatchingWindowInSeconds: 301 }), /is 301/],
    ['10,001 retries', ofStream({ MaximumRetryAttempts: 10_001 }), /MaximumRetryAttempts is 10001/],
    ['a record age of 59 seconds', ofStream({ MaximumRecordAgeInSeconds: 59 }), /from 60 to 604800/],
    [
      'an unknown response type',
      ofStream({ FunctionResponseTypes: ['Other'] }),
      /FunctionResponseTypes has Other/,
    ],
    ['scaling of a stream', ofStream({ ScalingConfig: { MaximumConcurrency: 2 } }), /ScalingConfig is set/],
    ['a topic for failures', ofStream(onFailure('arn:aws:sns:r:1:t')), /standard queues of SQS/],
    ['a FIFO queue for failures', ofStream(onFailure(queueArn('orders.fifo'))), /standard queues of SQS/],
    [
      'retries of a queue',
      ofQueue({ MaximumRetryAttempts: 2 }),
      /MaximumRetryAttempts is set; a mapping of a queue/,
    ],
    ['a starting position of a queue', ofQueue({ StartingPosition: 'LATEST' }), /StartingPosition is set/],
    [
      'more than 10 messages without a window',
      ofQueue({ BatchSize: 11 }),
      /expected at least 1 for a BatchSize of 11/,
    ],
    ['more than 10 messages of a FIFO queue', ofFifo({ BatchSize: 11 }), /BatchSize is 11/],
    ['a window of a FIFO queue', ofFifo({ MaximumBatchingWindowInSeconds: 1 }), /FIFO queues do not support/],
    [
      'a concurrency of one',
      ofQueue({ ScalingConfig: { MaximumConcurrency: 1 } }),
      /MaximumConcurrency is 1/,
    ],
    [
      'an unknown operator in a filter',
      ofStream({ FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"cidr":"10.0.0.0/8"}]}' }] } }),
      /operator "cidr"/,
    ],
    ['a function that is not there', ofQueue({ FunctionName: 'other' }), /one of: consumer/],
  ])('is refused with %s', async (_, properties, sentence) => {
    const setting = await world();

    await expect(setting.map(properties)).rejects.toThrow(sentence);
  });

  it.each([
    ['-1 for no limit', ofStream({ MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1 })],
    ['numbers in text', ofStream({ BatchSize: '10', MaximumRetryAttempts: '3' })],
    ['one lane', ofStream({ ParallelizationFactor: 1 })],
    ['ten lanes', ofStream({ ParallelizationFactor: 10 })],
    [
      'the ARN of its function',
      ofQueue({ FunctionName: 'arn:aws:lambda:us-east-1:111111111111:function:consumer' }),
    ],
  ])('may have %s', async (_, properties) => {
    const setting = await world();

    await expect(setting.map(properties)).resolves.toBeUndefined();
  });
});

describe('the role of a mapped function', () => {
  const without = (action: string) => everythingNeeded.filter((granted) => granted !== action);

  it.each(['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'])(
    'has to allow dynamodb:%s on the stream',
    async (action) => {
      const setting = await world(without(`dynamodb:${action}`));

      const mapping = setting.map(ofStream());

      await expect(mapping).rejects.toThrow(
        `Cannot access stream ${streamArn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
      );
      await expect(mapping).rejects.toThrow(`The function consumer lacks dynamodb:${action}`);
    },
  );

  it.each(['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])(
    'has to allow sqs:%s on the queue',
    async (action) => {
      const setting = await world(without(`sqs:${action}`));

      const mapping = setting.map(ofQueue());

      await expect(mapping).rejects.toThrow(
        `The provided execution role does not have permissions to call ${action} on SQS`,
      );
      await expect(mapping).rejects.toThrow(`on resource: ${queueArn('jobs')}`);
    },
  );

  it.each([
    ['may send to the queue that feeds it is told of', everythingNeeded, undefined, 1],
    ['says that it loops on purpose is not', everythingNeeded, { allowsLoops: true as const }, 0],
    ['may not send to it is not', without('sqs:SendMessage'), undefined, 0],
  ])('of a function that %s', async (_, grants, definition, lines) => {
    const setting = await world(grants, definition);

    await setting.map(ofQueue());

    const told = setting.logs.filter((line) =>
      JSON.stringify(line).includes('unless RecursiveLoop is Allow'),
    );
    expect(told).toHaveLength(lines);
  });

  it('has to allow sqs:SendMessage on the on-failure destination', async () => {
    const setting = await world(without('sqs:SendMessage'));

    await expect(setting.map(ofStream(onFailure(queueArn('jobs'))))).rejects.toThrow(
      'The function consumer lacks sqs:SendMessage',
    );
  });

  it('needs a queue whose messages stay invisible for as long as the function may take', async () => {
    const setting = await world(everythingNeeded, { timeoutInSeconds: 31 });

    await expect(setting.map(ofQueue())).rejects.toThrow(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
    );
  });
});

describe('a mapping that waits', () => {
  afterEach(() => vi.restoreAllMocks());

  it('keeps no process alive', async () => {
    const setting = await world();
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await setting.map(ofQueue());
    await setting.map(ofStream());
    setting.world.queues.send(queueArn('jobs'), { body: 'later', delayInSeconds: 900 });

    const started = timers.mock.results.map(({ value }) => value as NodeJS.Timeout);
    expect(started.length).toBeGreaterThan(2);
    expect(started.filter((timer) => timer.hasRef())).toEqual([]);
  });
});
