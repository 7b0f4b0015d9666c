import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { QueueDefinition } from '../../../local/runtime/queues.ts';
import { type EventSourceWorld, eventSourceWorld } from '../setup/event-source-world.ts';
import { queueArn, queueDefinition } from '../setup/queue-world.ts';
import {
  type BatchEvent,
  failed,
  failedItems,
  gate,
  returned,
  throttled,
} from '../setup/scripted-functions.ts';

const soon = { interval: 2 };
const jobs = queueArn('jobs');
const orders = queueArn('orders.fifo');
const bodiesOf = (event: BatchEvent | undefined) => event?.Records.map(({ body }) => body as string);
const batches = ({ functions }: EventSourceWorld) => functions.calls.map(bodiesOf);
const idOf = (event: BatchEvent, body: string) =>
  event.Records.find((record) => record.body === body)?.messageId;
const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] };

interface Options {
  readonly queue?: Partial<QueueDefinition>;
  readonly timeScale?: number;
}

async function standard({ queue, timeScale = 0.001 }: Options = {}): Promise<EventSourceWorld> {
  const setting = await eventSourceWorld({ limits: { timeScale } });
  setting.world.queues.create(queueDefinition('jobs', queue));
  return setting;
}

async function fifo({ queue, timeScale = 0.001 }: Options = {}): Promise<EventSourceWorld> {
  const setting = await eventSourceWorld({ limits: { timeScale } });
  setting.world.queues.create(queueDefinition('orders.fifo', { contentBasedDeduplication: true, ...queue }));
  return setting;
}

const send = ({ world }: EventSourceWorld, ...bodies: string[]) => {
  for (const body of bodies) world.queues.send(jobs, { body });
};
/** The group is the first letter. */
const order = ({ world }: EventSourceWorld, ...bodies: string[]) => {
  for (const body of bodies) world.queues.send(orders, { body, messageGroupId: body.slice(0, 1) });
};
const isEmpty = ({ world }: EventSourceWorld, arn: string) =>
  expect.poll(() => world.queues.peek(arn), soon).toEqual([]);

describe('a mapping of a standard queue', () => {
  it('hands messages over as Lambda does, and deletes them when the function has returned', async () => {
    const setting = await standard();
    setting.world.queues.send(jobs, {
      body: 'a',
      messageAttributes: {
        text: { DataType: 'String', StringValue: 'x' },
        bytes: { DataType: 'Binary', BinaryValue: 'AP8=' },
      },
    });
    await setting.map({ EventSourceArn: jobs });

    await expect
      .poll(() => setting.functions.calls, soon)
      .toEqual([
        {
          Records: [
            {
              messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
              receiptHandle: expect.any(String),
              body: 'a',
              attributes: {
                ApproximateReceiveCount: '1',
                SentTimestamp: expect.stringMatching(/^\d{13}$/),
                SenderId: expect.any(String),
                ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
              },
              messageAttributes: {
                text: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
                bytes: {
                  binaryValue: 'AP8=',
                  stringListValues: [],
                  binaryListValues: [],
                  dataType: 'Binary',
                },
              },
              md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
              md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
              eventSource: 'aws:sqs',
              eventSourceARN: jobs,
              awsRegion: 'us-east-1',
            },
          ],
        },
      ]);
    await isEmpty(setting, jobs);
  });

  it('wakes up when a message arrives', async () => {
    const setting = await standard({ timeScale: 1 });
    await setting.map({ EventSourceArn: jobs });
    send(setting, 'a');
    await expect.poll(() => batches(setting), soon).toEqual([['a']]);
    send(setting, 'b');
    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['b']]);
  });

  it('takes no more than the batch size', async () => {
    const setting = await standard();
    send(setting, 'a', 'b', 'c');
    await setting.map({ EventSourceArn: jobs, BatchSize: 2 });

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b'], ['c']]);
  });

  it.each([
    ['five batches', {}, 5],
    ['as many as the scaling allows', { ScalingConfig: { MaximumConcurrency: 2 } }, 2],
    [
      'more, one after the other, up to what the scaling allows',
      { ScalingConfig: { MaximumConcurrency: 8 } },
      8,
    ],
    ['as many as there are environments', { ScalingConfig: { MaximumConcurrency: 64 } }, 10],
  ])('has %s with the function at a time', async (_, properties, expected) => {
    const setting = await standard();
    const { opened, open } = gate();
    let running = 0;
    let most = 0;
    setting.functions.script = async () => {
      running += 1;
      most = Math.max(most, running);
      await opened;
      running -= 1;
      return returned();
    };
    send(setting, ...Array.from({ length: 12 }, (_, index) => `${index}`));
    await setting.map({ EventSourceArn: jobs, BatchSize: 1, ...properties });
    await expect.poll(() => running, soon).toBe(expected);

    open();
    await isEmpty(setting, jobs);
    expect(most).toBe(expected);
    expect(setting.functions.calls).toHaveLength(12);
  });

  it('gathers a large batch during its window, filters before it counts', async () => {
    const setting = await standard({ timeScale: 1 });
    const Pattern = JSON.stringify({ body: [{ prefix: 'yes' }] });
    await setting.map({
      EventSourceArn: jobs,
      BatchSize: 12,
      MaximumBatchingWindowInSeconds: 300,
      ScalingConfig: { MaximumConcurrency: 2 },
      FilterCriteria: { Filters: [{ Pattern }] },
    });
    // Of 23 wanted ones, two loops that share them leave one full and the other not.
    send(setting, ...Array.from({ length: 24 }, (_, index) => (index % 2 ? `yes-${index}` : 'no')));
    send(setting, ...Array.from({ length: 11 }, (_, index) => `yes-${24 + index}`));

    await expect.poll(() => batches(setting), soon).toHaveLength(1);
    expect(batches(setting)[0]).toHaveLength(12);
    expect(batches(setting)[0]?.every((body) => body.startsWith('yes'))).toBe(true);
    expect(setting.world.queues.peek(jobs).map(({ body }) => body)).not.toContain('no');
  });

  it('invokes with less than a full batch once the window is over', async () => {
    const setting = await standard();
    await setting.map({ EventSourceArn: jobs, BatchSize: 100, MaximumBatchingWindowInSeconds: 20 });
    send(setting, 'a', 'b');

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b']]);
  });

  it('puts no more than 6 MB into one call', async () => {
    const setting = await standard();
    const bodies = Array.from({ length: 7 }, (_, index) => `${index}${'x'.repeat(1_000_000)}`);
    send(setting, ...bodies);
    await setting.map({ EventSourceArn: jobs });

    await expect.poll(() => batches(setting).map((batch) => batch?.length), soon).toEqual([6, 1]);
  });

  it('deletes what the filter does not let through, without a call', async () => {
    const setting = await standard();
    send(setting, '{"kind":"other"}', 'text', '{"kind":"wanted"}');
    const Pattern = JSON.stringify({ body: { kind: ['wanted'] } });
    await setting.map({ EventSourceArn: jobs, FilterCriteria: { Filters: [{ Pattern }] } });

    await isEmpty(setting, jobs);
    expect(batches(setting)).toEqual([['{"kind":"wanted"}']]);
  });

  it.each([
    ['an error', failed()],
    ['a time-out', failed('timeout')],
    ['a crash', failed('crash')],
    ['a throttle', throttled],
  ])(
    'gives all messages back after the visibility time-out on %s, and the receive counts',
    async (_, outcome) => {
      const setting = await standard();
      setting.functions.script = (_event, call) => (call === 0 ? outcome : returned());
      send(setting, 'a', 'b');
      await setting.map({ EventSourceArn: jobs });

      await expect.poll(() => batches(setting).flat().sort(), soon).toEqual(['a', 'a', 'b', 'b']);
      expect(setting.functions.calls[1]?.Records[0]?.attributes).toMatchObject({
        ApproximateReceiveCount: '2',
      });
      await isEmpty(setting, jobs);
    },
  );

  it('does not give a message back before its visibility time-out is over', async () => {
    const setting = await standard({ timeScale: 1 });
    setting.functions.script = () => failed();
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });
    await expect.poll(() => setting.logs.join('\n'), soon).toContain('1 of 1 messages failed');

    expect(await setting.world.queues.receive(jobs, { max: 1, waitInMilliseconds: 20 })).toEqual([]);
    expect(batches(setting)).toEqual([['a']]);
  });

  it('does not give a message to another while the function has it, however short the time scale', async () => {
    const setting = await standard({ timeScale: 0.000_1 });
    const { opened, open } = gate();
    setting.functions.script = async () => {
      await opened;
      return returned();
    };
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });
    await expect.poll(() => batches(setting), soon).toEqual([['a']]);

    expect(await setting.world.queues.receive(jobs, { max: 1, waitInMilliseconds: 20 })).toEqual([]);
    open();
    await isEmpty(setting, jobs);
    expect(batches(setting)).toEqual([['a']]);
  });

  it('moves a message to the dead-letter queue when it has failed too often', async () => {
    const setting = await eventSourceWorld();
    const { queues } = setting.world;
    queues.create(queueDefinition('dead'));
    queues.create(
      queueDefinition('jobs', { redrive: { deadLetterQueueArn: queueArn('dead'), maxReceiveCount: 3 } }),
    );
    setting.functions.script = () => failed();
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });

    await expect.poll(() => queues.peek(queueArn('dead')).map(({ body }) => body), soon).toEqual(['a']);
    expect(batches(setting)).toEqual([['a'], ['a'], ['a']]);
  });

  it('goes on when the queue fails it', async () => {
    const setting = await standard();
    const { queues } = setting.world;
    const deleteMessage = queues.delete;
    let failures = 1;
    queues.delete = (...args) => {
      if (failures-- > 0) throw new Error('as scripted');
      deleteMessage(...args);
    };
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });

    await expect.poll(() => setting.logs.join('\n'), soon).toContain('as scripted');
    send(setting, 'b');
    await expect.poll(() => batches(setting).flat(), soon).toContain('b');
  });

  it('takes nothing while it is not enabled', async () => {
    const setting = await standard();
    await setting.map({ EventSourceArn: jobs, Enabled: false });
    send(setting, 'a');

    expect((await setting.world.queues.receive(jobs, { max: 1, waitInMilliseconds: 0 }))[0]?.body).toBe('a');
  });

  it('delivers twice, and late, where a fault says so', async () => {
    const setting = await standard();
    let asked = 0;
    setting.world.faults.onBatch(() => {
      asked += 1;
      return asked === 1 ? { kind: 'duplicate' } : { kind: 'delay', milliseconds: 1 };
    });
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });
    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['a']]);
    send(setting, 'b');

    await expect.poll(() => batches(setting), soon).toEqual([['a'], ['a'], ['b']]);
    await isEmpty(setting, jobs);
  });

  it('waits for the batch that is with the function when the execution stops', async () => {
    const setting = await standard();
    const { opened, open } = gate();
    setting.functions.script = async () => {
      await opened;
      return returned();
    };
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });
    await expect.poll(() => batches(setting), soon).toEqual([['a']]);

    let stopped = false;
    const stopping = setting.lifecycle.stop().then(() => {
      stopped = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(stopped).toBe(false);
    send(setting, 'b');
    open();
    await stopping;

    expect(setting.world.queues.peek(jobs).map(({ body }) => body)).toEqual(['b']);
    expect(batches(setting)).toEqual([['a']]);
  });
});

describe('ReportBatchItemFailures on a queue', () => {
  it('deletes what was not reported, and gives the rest again', async () => {
    const setting = await standard();
    setting.functions.script = (event, call) => (call === 0 ? failedItems(idOf(event, 'b')) : returned());
    send(setting, 'a', 'b', 'c');
    await setting.map({ EventSourceArn: jobs, ...reporting });

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c'], ['b']]);
    await isEmpty(setting, jobs);
  });

  it('gives a message again when the function has asked for it', async () => {
    const setting = await standard({ timeScale: 1, queue: { visibilityTimeoutInSeconds: 43_200 } });
    const { queues } = setting.world;
    setting.functions.script = (event, call) => {
      if (call > 0) return returned();
      const handles = event.Records.map(({ receiptHandle }) => String(receiptHandle));
      queues.changeVisibility(jobs, handles[0] ?? '', 1);
      queues.changeVisibility(jobs, handles[1] ?? '', 0);
      return failedItems(idOf(event, 'a'), idOf(event, 'b'), idOf(event, 'c'));
    };
    send(setting, 'a', 'b', 'c');
    await setting.map({ EventSourceArn: jobs, ...reporting });

    await expect.poll(() => batches(setting), soon).toEqual([['a', 'b', 'c'], ['b'], ['a']]);
    expect(queues.peek(jobs).map(({ body }) => body)).toEqual(['c']);
    expect(setting.logs.join('\n')).not.toContain('ReceiptHandle');
  });

  it.each([
    ['an identifier that is not of the batch', failedItems('nonsense')],
    ['an empty identifier', failedItems('')],
    ['a misnamed identifier', returned({ batchItemFailures: [{ messageId: 'x' }] })],
    ['an answer that is no object', returned('done')],
  ])('takes %s for the failure of the whole batch', async (_, answer) => {
    const setting = await standard();
    setting.functions.script = (_event, call) => (call === 0 ? answer : returned());
    send(setting, 'a', 'b');
    await setting.map({ EventSourceArn: jobs, ...reporting });

    await isEmpty(setting, jobs);
    expect(batches(setting).flat().sort()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('is not looked at where the mapping does not ask for it', async () => {
    const setting = await standard();
    setting.functions.script = (event) => failedItems(idOf(event, 'a'));
    send(setting, 'a');
    await setting.map({ EventSourceArn: jobs });

    await isEmpty(setting, jobs);
    expect(batches(setting)).toEqual([['a']]);
  });
});

describe('a mapping of a FIFO queue', () => {
  it('has one batch of a group with the function, and other groups beside it', async () => {
    const setting = await fifo();
    const { opened, open } = gate();
    setting.functions.script = async (event) => {
      if (bodiesOf(event)?.includes('a1')) await opened;
      return returned();
    };
    await setting.map({ EventSourceArn: orders });
    order(setting, 'a1');
    await expect.poll(() => batches(setting), soon).toEqual([['a1']]);
    order(setting, 'a2', 'a3', 'b1');
    await expect.poll(() => batches(setting), soon).toEqual([['a1'], ['b1']]);

    open();

    await expect.poll(() => batches(setting), soon).toEqual([['a1'], ['b1'], ['a2', 'a3']]);
    await isEmpty(setting, orders);
  });

  it('gives the messages of a failed group again before newer ones of it', async () => {
    const setting = await fifo();
    setting.functions.script = (_, call) => (call === 0 ? failed() : returned());
    order(setting, 'a1', 'a2');
    await setting.map({ EventSourceArn: orders });
    await expect.poll(() => batches(setting), soon).toContainEqual(['a1', 'a2']);
    order(setting, 'a3');

    await isEmpty(setting, orders);
    expect(batches(setting).slice(1).flat()).toEqual(['a1', 'a2', 'a3']);
  });

  it('keeps the order of a group when all that was not done is reported', async () => {
    const setting = await fifo();
    setting.functions.script = (event, call) =>
      call === 0 ? failedItems(idOf(event, 'a2'), idOf(event, 'a3')) : returned();
    order(setting, 'a1', 'a2', 'a3', 'b1');
    await setting.map({ EventSourceArn: orders, ...reporting });

    await isEmpty(setting, orders);
    expect(batches(setting)).toEqual([
      ['a1', 'a2', 'a3', 'b1'],
      ['a2', 'a3'],
    ]);
  });

  it('loses it, as on AWS, when a later message of the group is not reported', async () => {
    const setting = await fifo();
    setting.functions.script = (event, call) => (call === 0 ? failedItems(idOf(event, 'a1')) : returned());
    order(setting, 'a1', 'a2');
    await setting.map({ EventSourceArn: orders, ...reporting });

    await isEmpty(setting, orders);
    expect(batches(setting)).toEqual([['a1', 'a2'], ['a1']]);
  });

  it('puts what failed too often into a FIFO dead-letter queue, and the group goes on', async () => {
    const setting = await eventSourceWorld();
    const { queues } = setting.world;
    queues.create(queueDefinition('dead.fifo'));
    queues.create(
      queueDefinition('orders.fifo', {
        contentBasedDeduplication: true,
        redrive: { deadLetterQueueArn: queueArn('dead.fifo'), maxReceiveCount: 2 },
      }),
    );
    setting.functions.script = (event) => {
      const poison = idOf(event, 'a1');
      return poison === undefined ? returned() : failed();
    };
    order(setting, 'a1');
    await setting.map({ EventSourceArn: orders, BatchSize: 1 });
    order(setting, 'a2');

    await isEmpty(setting, orders);
    expect(batches(setting)).toEqual([['a1'], ['a1'], ['a2']]);
    expect(queues.peek(queueArn('dead.fifo')).map(({ body }) => body)).toEqual(['a1']);
  });
});
