import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneOf } from '../../../local/runtime/event-sources/stream-lane.ts';
import type { StreamRecord } from '../../../local/runtime/tables.ts';
import { type EventSourceWorld, eventSourceWorld, ofStream } from '../setup/event-source-world.ts';
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

const inLanes = (ParallelizationFactor: number, more: Record<string, unknown> = {}) =>
  ofStream({ ParallelizationFactor, ...more });

const itemsOf = ({ Records }: BatchEvent) =>
  Records.map(({ dynamodb }) => (dynamodb as { Keys: { id: { S: string } } }).Keys.id.S);
const sequenceOf = ({ Records }: BatchEvent) =>
  Records.map(({ dynamodb }) => (dynamodb as { SequenceNumber: string }).SequenceNumber);

const ids = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`);
const recordOf = (Keys: Record<string, unknown>) => ({ dynamodb: { Keys } }) as StreamRecord;
const laneOfItem = (id: string, lanes: number) => laneOf(recordOf({ id: { S: id } }), lanes);

/** Notes which items are with the function; none of them is let go before the gate opens. */
function holding(setting: EventSourceWorld) {
  const { opened, open } = gate();
  const underWay = new Set<string>();
  let most = 0;
  let calls = 0;
  setting.functions.script = async (event) => {
    const items = itemsOf(event);
    expect(items.filter((item) => underWay.has(item))).toEqual([]);
    for (const item of items) underWay.add(item);
    calls += 1;
    most = Math.max(most, calls);
    await opened;
    calls -= 1;
    for (const item of items) underWay.delete(item);
    return returned();
  };
  return { open, underWay, most: () => most };
}

describe('the lanes of a shard', () => {
  it('are one for all changes of an item, however its key is written, and are all used', () => {
    const key = { pk: { S: 'connection#a=' }, sk: { S: 'connection' } };
    expect(laneOf(recordOf(key), 10)).toBe(laneOf(recordOf({ sk: key.sk, pk: key.pk }), 10));
    expect(new Set(ids(200).map((id) => laneOfItem(id, 10)))).toEqual(
      new Set(Array.from({ length: 10 }, (_, lane) => lane)),
    );
  });

  it('may part two items of one partition key: only the order of an item is promised', () => {
    const lanes = ids(50).map((id) => laneOf(recordOf({ channel: { S: 'news' }, id: { S: id } }), 10));
    expect(new Set(lanes).size).toBeGreaterThan(1);
  });

  it('have a batch each with the function, side by side and no more than there are lanes', async () => {
    const setting = await eventSourceWorld();
    const { open, most } = holding(setting);
    setting.tables.write(ids(100));
    await setting.map(inLanes(4, { BatchSize: 1 }));

    await expect.poll(most, soon).toBe(4);
    open();
    await expect.poll(() => setting.functions.calls.flatMap(itemsOf).sort(), soon).toEqual(ids(100).sort());
    expect(most()).toBe(4);
  });

  it('keep a change of an item back while an earlier one is with the function, and nobody else’s', async () => {
    const setting = await eventSourceWorld();
    const { open, underWay } = holding(setting);
    const [own = '', other = ''] = ids(2);
    expect(laneOfItem(own, 10)).not.toBe(laneOfItem(other, 10));
    setting.tables.write([own]);
    await setting.map(inLanes(10));
    await expect.poll(() => [...underWay], soon).toEqual([own]);
    setting.tables.write([own, other]);
    await expect.poll(() => [...underWay], soon).toEqual([own, other]);
    expect(setting.functions.calls.flatMap(itemsOf)).toEqual([own, other]);

    open();

    await expect.poll(() => setting.functions.calls.flatMap(itemsOf), soon).toEqual([own, other, own]);
  });

  it('hold up nobody but themselves when they fail, and go on where they stopped', async () => {
    const setting = await eventSourceWorld();
    const poison = 'item-0';
    let healed = false;
    setting.functions.script = (event) =>
      itemsOf(event).includes(poison) && !healed ? failed() : returned();
    setting.tables.write(ids(40));
    await setting.map(inLanes(10));

    const mine = laneOfItem(poison, 10);
    const others = ids(40).filter((id) => laneOfItem(id, 10) !== mine);
    await expect
      .poll(() => new Set(setting.functions.calls.flatMap(itemsOf)), soon)
      .toEqual(new Set(ids(40)));
    setting.tables.write(others);
    await expect.poll(() => others.every((id) => occurrences(setting, id) === 2), soon).toBe(true);
    healed = true;
    setting.tables.write([poison]);

    await expect.poll(() => setting.functions.calls.map(itemsOf).at(-1), soon).toEqual([poison]);
  });

  it('read no further ahead than a page while one of them stands', async () => {
    const setting = await eventSourceWorld();
    const { open } = holding(setting);
    setting.tables.write(ids(10_000));
    await setting.map(inLanes(2, { BatchSize: 10 }));
    await expect.poll(() => setting.functions.calls.length, soon).toBe(2);
    // One read looks where the stream stands; two lanes share each page.
    const most = 1 + 2 + 1;
    await expect.poll(() => setting.tables.reads, soon).toBeGreaterThanOrEqual(most - 1);
    expect(setting.tables.reads).toBeLessThanOrEqual(most);

    open();

    await expect.poll(() => setting.functions.calls.flatMap(itemsOf).length, soon).toBe(10_000);
  });

  it('skip nothing when what they gave up cannot be reported', async () => {
    const setting = await eventSourceWorld();
    const failures = queueArn('failures');
    setting.world.queues.create(queueDefinition('failures'));
    const send = setting.world.queues.send.bind(setting.world.queues);
    let broken = true;
    setting.world.queues.send = (arn, message) => {
      if (broken && arn === failures) {
        broken = false;
        throw new Error('no queue');
      }
      return send(arn, message);
    };
    setting.functions.script = (event) => (itemsOf(event).includes('item-0') ? failed() : returned());
    setting.tables.write(['item-0', 'item-1']);
    await setting.map(
      inLanes(1, {
        BatchSize: 1,
        MaximumRetryAttempts: 0,
        DestinationConfig: { OnFailure: { Destination: failures } },
      }),
    );

    await expect.poll(() => setting.functions.calls.map(itemsOf).at(-1), soon).toEqual(['item-1']);
    expect(setting.logs.join('\n')).toContain('no queue');
    expect(setting.world.queues.peek(failures)).toHaveLength(1);
  });

  it('are all waited for when the execution stops', async () => {
    const setting = await eventSourceWorld();
    const { open, underWay } = holding(setting);
    setting.tables.write(ids(30));
    await setting.map(inLanes(10));
    await expect.poll(() => underWay.size, soon).toBe(30);

    let stopped = false;
    const stopping = setting.lifecycle.stop().then(() => {
      stopped = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(stopped).toBe(false);
    open();
    await stopping;

    expect(underWay.size).toBe(0);
  });
});

function occurrences({ functions }: EventSourceWorld, id: string): number {
  return functions.calls.flatMap(itemsOf).filter((item) => item === id).length;
}

const outcome = fc.record({
  kind: fc.constantFrom('success', 'success', 'error', 'throttled', 'partial', 'duplicate'),
  at: fc.nat(9),
});

describe('whatever befalls the batches of several lanes', () => {
  it('every record is taken, and of each item none before the one in front of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (script, lanes, batchSize, bisects) => {
          const setting = await eventSourceWorld({ limits: { timeScale: 0.000_01 } });
          const taken: string[] = [];
          const left = [...script];
          setting.world.faults.onBatch(() =>
            left[0]?.kind === 'duplicate' ? { kind: 'duplicate' } : undefined,
          );
          setting.functions.script = async (event) => {
            const sequence = sequenceOf(event);
            const next = left.shift();
            await nextTurn();
            if (next?.kind === 'error') return failed();
            if (next?.kind === 'throttled') return throttled;
            const done = next?.kind === 'partial' ? next.at % sequence.length : sequence.length;
            taken.push(...sequence.slice(0, done));
            return done < sequence.length ? failedItems(sequence[done]) : returned();
          };
          setting.tables.write(Array.from({ length: 60 }, (_, index) => `item-${index % 12}`));
          await setting.map(
            inLanes(lanes, {
              BatchSize: batchSize,
              BisectBatchOnFunctionError: bisects,
              FunctionResponseTypes: ['ReportBatchItemFailures'],
            }),
          );
          const { records } = setting.tables;
          await expect.poll(() => new Set(taken).size, { interval: 1 }).toBe(records.length);
          await setting.lifecycle.stop();

          // At least once, and the first time of each in the order of its item.
          const firsts = [...new Set(taken)];
          for (const item of ids(12)) {
            const own = records
              .filter(({ eventID }) => eventID === `event-${item}`)
              .map(({ dynamodb }) => dynamodb.SequenceNumber);
            expect(firsts.filter((sequence) => own.includes(sequence))).toEqual(own);
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
