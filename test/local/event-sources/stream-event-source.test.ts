import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PATIENCE_IN_MILLISECONDS } from '../../setup/patience.ts';
import {
  type EventSourceWorld,
  eventSourceWorld,
  functionArn,
  ofStream,
} from '../setup/event-source-world.ts';
import { queueArn, queueDefinition } from '../setup/queue-world.ts';
import {
  type BatchEvent,
  failed,
  failedItems,
  gate,
  returned,
  throttled,
} from '../setup/scripted-functions.ts';
import { sequenceNumber, streamArn } from '../setup/scripted-tables.ts';

const soon = { interval: 2 };
const idsOf = (event: BatchEvent | undefined) =>
  event?.Records.map((record) => (record.eventID as string).replace('event-', ''));
const batches = ({ functions }: EventSourceWorld) => functions.calls.map(idsOf);
/** Waits until the mapping has read everything and looked again. */
async function caughtUp({ tables }: EventSourceWorld): Promise<void> {
  const { reads } = tables;
  await expect.poll(() => tables.reads, soon).toBeGreaterThan(reads + 2);
}

describe('a mapping of a DynamoDB stream', () => {
  it('hands records over as Lambda does, in batches, in order', async () => {
    const setting = await eventSourceWorld();
    setting.tables.write(['a', 'b', 'c', 'd', 'e']);
    await setting.map(ofStream({ BatchSize: 2 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(setting.functions.calls[0]?.Records[0]).toEqual(setting.tables.records[0]);
  });

  it('invokes as soon as there are records, also without a full batch', async () => {
    const setting = await eventSourceWorld();
    await setting.map(ofStream());
    setting.tables.write(['a']);
    await expect.poll(() => batches(setting), soon).toEqual([['a']]);
    setting.tables.write(['b']);
    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['b']]);
  });

  it('reads from the beginning with TRIM_HORIZON, and from its creation on with LATEST', async () => {
    const setting = await eventSourceWorld();
    setting.tables.write(Array.from({ length: 1_500 }, (_, index) => `old-${index}`));
    await setting.map(ofStream({ StartingPosition: 'LATEST' }));
    setting.tables.write(['new']);

    await expect.poll(() => batches(setting), soon).toEqual([['new']]);
  });

  it('has its own place in the stream, which another one reads as well, each what its filter lets through', async () => {
    const setting = await eventSourceWorld();
    const thatBeginWith = (prefix: string) => {
      const Pattern = JSON.stringify({ dynamodb: { Keys: { id: { S: [{ prefix }] } } } });
      return ofStream({ FilterCriteria: { Filters: [{ Pattern }] } });
    };
    setting.functions.script = (event) => (idsOf(event)?.includes('a1') ? failed() : returned());
    setting.tables.write(['a1', 'b1', 'ab', 'b2']);
    await setting.map(thatBeginWith('a'), thatBeginWith('b'));

    await expect.poll(() => batches(setting), soon).toContainEqual(['b1', 'b2']);
    setting.tables.write(['b3']);
    await expect.poll(() => batches(setting), soon).toContainEqual(['b3']);
    expect(batches(setting)).toContainEqual(['a1', 'ab']);
  });

  it('reads a long backlog to its end, page by page', async () => {
    const setting = await eventSourceWorld();
    const ids = Array.from({ length: 2_500 }, (_, index) => `${index}`);
    setting.tables.write(ids);
    await setting.map(ofStream({ BatchSize: 10_000 }));

    await expect.poll(() => batches(setting).flat(), soon).toEqual(ids);
  });

  it('consumes what the filter does not let through, without a call', async () => {
    const setting = await eventSourceWorld();
    setting.tables.write(['a', 'b', 'c']);
    const Pattern = JSON.stringify({ dynamodb: { Keys: { id: { S: ['b', 'd'] } } } });
    await setting.map(ofStream({ FilterCriteria: { Filters: [{ Pattern }] } }));
    await expect.poll(() => batches(setting), soon).toEqual([['b']]);

    setting.tables.write(['e', 'd']);
    await expect.poll(() => batches(setting), soon).toEqual([['b'], ['d']]);
  });

  it('has one batch of a shard with the function, and no other until it is done', async () => {
    const setting = await eventSourceWorld();
    const { opened, open } = gate();
    setting.functions.script = async (_, call) => {
      if (call === 0) await opened;
      return returned();
    };
    await setting.map(ofStream());
    setting.tables.write(['a']);
    await expect.poll(() => batches(setting), soon).toEqual([['a']]);
    setting.tables.write(['b']);
    setting.tables.write(['c']);
    expect(batches(setting)).toEqual([['a']]);

    open();

    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['b', 'c']]);
  });

  it('gathers records until the batching window is over, or the batch is full', async () => {
    const setting = await eventSourceWorld({ limits: { timeScale: 1 } });
    await setting.map(ofStream({ BatchSize: 3, MaximumBatchingWindowInSeconds: 300 }));
    setting.tables.write(['a']);
    await caughtUp(setting);
    setting.tables.write(['b']);
    await caughtUp(setting);
    expect(batches(setting)).toEqual([]);
    setting.tables.write(['c', 'd']);

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c']]);
  });

  it('invokes with less than a full batch once the window is over', async () => {
    const setting = await eventSourceWorld();
    await setting.map(ofStream({ BatchSize: 3, MaximumBatchingWindowInSeconds: 30 }));
    setting.tables.write(['a', 'b']);

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b']]);
  });

  it('puts no more than 6 MB into one call', async () => {
    const setting = await eventSourceWorld();
    setting.tables.write(['a', 'b', 'c', 'd'], { bytes: 2_000_000 });
    await setting.map(ofStream());

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('goes on after the stream could not be read', async () => {
    const setting = await eventSourceWorld();
    await setting.map(ofStream());
    setting.tables.failure = new Error('no connection');
    await expect.poll(() => setting.logs.join('\n'), soon).toContain('no connection');
    setting.tables.write(['a']);

    await expect.poll(() => batches(setting), soon).toEqual([['a']]);
  });

  it('does not poll when it is not enabled', async () => {
    const setting = await eventSourceWorld();
    setting.tables.write(['a']);
    await setting.map(ofStream({ Enabled: false }));

    expect(setting.tables.reads).toBe(1);
  });

  it('waits for the batch that is with the function when the execution stops, and takes no other', async () => {
    const setting = await eventSourceWorld();
    const { opened, open } = gate();
    let done = false;
    setting.functions.script = async () => {
      await opened;
      done = true;
      return failed();
    };
    await setting.map(ofStream({ BatchSize: 1 }));
    setting.tables.write(['a', 'b']);
    await expect.poll(() => batches(setting), soon).toEqual([['a']]);

    let stopped = false;
    const stopping = setting.lifecycle.stop().then(() => {
      stopped = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(stopped).toBe(false);
    open();
    await stopping;

    expect(done).toBe(true);
    const { reads } = setting.tables;
    expect(batches(setting)).toEqual([['a']]);
    expect(setting.tables.reads).toBe(reads);
  });
});

describe('a batch of a stream that fails', () => {
  it.each(['error', 'timeout', 'crash'] as const)(
    'is retried until it succeeds, and blocks what is behind it: %s',
    async (outcome) => {
      const setting = await eventSourceWorld();
      setting.functions.script = (_, call) => (call < 12 ? failed(outcome) : returned());
      await setting.map(ofStream({ BatchSize: 2 }));
      setting.tables.write(['a', 'b', 'c']);

      await expect.poll(() => batches(setting), soon).toHaveLength(14);
      expect(batches(setting)).toEqual([...Array.from({ length: 13 }, () => ['a', 'b']), ['c']]);
    },
  );

  it('is discarded after its retries, and the shard goes on', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = ({ Records }) => (Records.length === 2 ? failed() : returned());
    setting.tables.write(['a', 'b', 'c']);
    await setting.map(ofStream({ BatchSize: 2, MaximumRetryAttempts: 2 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
  });

  it('is described to the on-failure destination, where it stood and not what it was', async () => {
    const setting = await eventSourceWorld();
    const failures = queueArn('failures');
    setting.world.queues.create(queueDefinition('failures'));
    setting.functions.script = () => failed();
    setting.tables.write(['a', 'b']);
    await setting.map(
      ofStream({ MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: failures } } }),
    );

    const letters = await setting.world.queues.receive(failures, {
      max: 10,
      waitInMilliseconds: PATIENCE_IN_MILLISECONDS,
    });

    const written = setting.tables.records[0]?.dynamodb.ApproximateCreationDateTime ?? 0;
    const second = `${new Date(written * 1000).toISOString().slice(0, 19)}Z`;
    expect(letters.map(({ body }) => JSON.parse(body))).toEqual([
      {
        requestContext: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          functionArn,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000001',
          startSequenceNumber: sequenceNumber(0),
          endSequenceNumber: sequenceNumber(1),
          approximateArrivalOfFirstRecord: second,
          approximateArrivalOfLastRecord: second,
          batchSize: 2,
          streamArn,
        },
      },
    ]);
  });

  it('does not use up its retries while the function is throttled', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = (_, call) =>
      [throttled, throttled, throttled, failed(), throttled][call] ?? returned();
    setting.tables.write(['a']);
    await setting.map(ofStream({ MaximumRetryAttempts: 1 }));

    await expect.poll(() => batches(setting), soon).toHaveLength(6);
    setting.tables.write(['b']);
    await expect.poll(() => batches(setting).at(-1), soon).toEqual(['b']);
    expect(setting.logs.join('\n')).not.toContain('discarded');
  });

  it('loses the records that have become too old, and no others', async () => {
    const setting = await eventSourceWorld();
    const failures = queueArn('failures');
    setting.world.queues.create(queueDefinition('failures'));
    setting.tables.write(['old', 'older'], { ageInSeconds: 120 });
    setting.tables.write(['young']);
    await setting.map(
      ofStream({
        MaximumRecordAgeInSeconds: 60,
        DestinationConfig: { OnFailure: { Destination: failures } },
      }),
    );

    await expect.poll(() => batches(setting), soon).toEqual([['young']]);
    const [letter] = setting.world.queues.peek(failures);
    const body = JSON.parse(letter?.body ?? '{}');
    expect(body).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
      DDBStreamBatchInfo: { batchSize: 2, startSequenceNumber: sequenceNumber(0) },
    });
    expect(body).not.toHaveProperty('responseContext');
  });
});

describe('BisectBatchOnFunctionError', () => {
  const poison = (id: string) => (event: BatchEvent) => (idsOf(event)?.includes(id) ? failed() : returned());

  it('splits in halves, in order, until the poison is alone, and loses nothing but it', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = poison('c');
    setting.tables.write(['a', 'b', 'c', 'd', 'e', 'f']);
    await setting.map(ofStream({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 }));

    await expect
      .poll(() => batches(setting), soon)
      .toEqual([['a', 'b', 'c', 'd', 'e', 'f'], ['a', 'b', 'c'], ['a', 'b'], ['c'], ['c'], ['d', 'e', 'f']]);
  });

  it('uses up no retry by splitting', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = poison('a');
    setting.tables.write(['a', 'b', 'c', 'd']);
    await setting.map(ofStream({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 }));

    await expect.poll(() => batches(setting).at(-1), soon).toEqual(['c', 'd']);
    expect(batches(setting)).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['a'], ['b'], ['c', 'd']]);
  });

  it('splits at the reported sequence number when the batch failed in part', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = (_, call) => (call === 0 ? failedItems(sequenceNumber(1)) : returned());
    setting.tables.write(['a', 'b', 'c', 'd']);
    await setting.map(
      ofStream({
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: 0,
      }),
    );

    await expect
      .poll(() => batches(setting), soon)
      .toEqual([
        ['a', 'b', 'c', 'd'],
        ['b', 'c', 'd'],
      ]);
  });
});

describe('ReportBatchItemFailures on a stream', () => {
  const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

  it('retries from the lowest reported sequence number on, and what comes behind waits', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = (_, call) =>
      call === 0 ? failedItems(sequenceNumber(2), sequenceNumber(1)) : returned();
    setting.tables.write(['a', 'b', 'c', 'd']);
    await setting.map(ofStream({ ...reporting, BatchSize: 3 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c'], ['b', 'c'], ['d']]);
  });

  it('gives each record that fails first its own retries', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = (_, call) =>
      [failedItems(sequenceNumber(1)), failedItems(sequenceNumber(2))][call] ?? returned();
    setting.tables.write(['a', 'b', 'c']);
    await setting.map(ofStream({ ...reporting, MaximumRetryAttempts: 1 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
    expect(setting.logs.join('\n')).not.toContain('discarded');
  });

  it('discards what is left of the batch when the record at its head has used up its retries', async () => {
    const setting = await eventSourceWorld();
    const failures = queueArn('failures');
    setting.world.queues.create(queueDefinition('failures'));
    setting.functions.script = (event) =>
      idsOf(event)?.includes('b') ? failedItems(sequenceNumber(1)) : returned();
    setting.tables.write(['a', 'b', 'c', 'd']);
    await setting.map(
      ofStream({
        ...reporting,
        BatchSize: 3,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: failures } },
      }),
    );

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c'], ['b', 'c'], ['d']]);
    const body = JSON.parse(setting.world.queues.peek(failures)[0]?.body ?? '{}');
    expect(body.DDBStreamBatchInfo).toMatchObject({ batchSize: 2, startSequenceNumber: sequenceNumber(1) });
    expect(body.responseContext).toEqual({ statusCode: 200, executedVersion: '$LATEST' });
  });

  it.each([
    ['nothing', returned()],
    ['an empty object', returned({})],
    ['no list', returned({ batchItemFailures: null })],
    ['an empty list', returned({ batchItemFailures: [] })],
  ])('takes %s for success', async (_, answer) => {
    const setting = await eventSourceWorld();
    setting.functions.script = () => answer;
    setting.tables.write(['a', 'b']);
    await setting.map(ofStream({ ...reporting, BatchSize: 1 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['b']]);
  });

  it.each([
    ['an empty identifier', failedItems('')],
    ['no identifier', failedItems(null)],
    ['a misnamed identifier', returned({ batchItemFailures: [{ id: sequenceNumber(1) }] })],
    ['an identifier of another batch', failedItems(sequenceNumber(1), sequenceNumber(99))],
    ['something that is no list', returned({ batchItemFailures: 'b' })],
    ['something that is no object', returned('done')],
  ])('takes %s for the failure of the whole batch', async (_, answer) => {
    const setting = await eventSourceWorld();
    setting.functions.script = (_event, call) => (call === 0 ? answer : returned());
    setting.tables.write(['a', 'b']);
    await setting.map(ofStream(reporting));

    await expect
      .poll(() => batches(setting), soon)
      .toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]);
  });

  it('retries the whole batch when the function throws', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = (_, call) => (call === 0 ? failed() : returned());
    setting.tables.write(['a', 'b']);
    await setting.map(ofStream(reporting));

    await expect
      .poll(() => batches(setting), soon)
      .toEqual([
        ['a', 'b'],
        ['a', 'b'],
      ]);
  });

  it('is not looked at where the mapping does not ask for it', async () => {
    const setting = await eventSourceWorld();
    setting.functions.script = () => failedItems(sequenceNumber(0));
    setting.tables.write(['a', 'b']);
    await setting.map(ofStream({ BatchSize: 1 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['b']]);
  });
});

describe('faults of batches', () => {
  it('deliver a batch twice, and nobody learns how it ended the first time', async () => {
    const setting = await eventSourceWorld();
    let asked = 0;
    setting.world.faults.onBatch(({ functionName, sourceArn }) => {
      expect([functionName, sourceArn]).toEqual(['consumer', streamArn]);
      asked += 1;
      return asked === 1 ? { kind: 'duplicate' } : undefined;
    });
    setting.functions.script = (_, call) => (call === 0 ? failed() : returned());
    setting.tables.write(['a', 'b']);
    await setting.map(ofStream({ BatchSize: 1 }));

    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['a'], ['b']]);
    expect(setting.logs.join('\n')).not.toContain('failed');
  });

  it('delay a batch and all behind it', async () => {
    const setting = await eventSourceWorld();
    const takeBack = setting.world.faults.onBatch(() => ({ kind: 'delay', milliseconds: 50 }));
    setting.tables.write(['a']);
    const begin = Date.now();
    await setting.map(ofStream());

    await expect.poll(() => batches(setting), soon).toEqual([['a']]);
    // A timer may fire a little early.
    expect(Date.now() - begin).toBeGreaterThanOrEqual(49);
    takeBack();
  });
});
