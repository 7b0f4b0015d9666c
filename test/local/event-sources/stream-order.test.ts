import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventSourceWorld, ofStream } from '../setup/event-source-world.ts';
import { failed, failedItems, returned, throttled } from '../setup/scripted-functions.ts';

interface Outcome {
  readonly kind: 'success' | 'error' | 'throttled' | 'partial' | 'duplicate';
  readonly at: number;
}

const outcomes = fc.array(
  fc.record<Outcome>({
    kind: fc.constantFrom('success', 'error', 'throttled', 'partial', 'duplicate'),
    at: fc.nat(9),
  }),
  { maxLength: 25 },
);

describe('whatever befalls the batches of a stream', () => {
  it('every record is taken once it counts, and none before the one in front of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        outcomes,
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        async (script, bisects, batchSize) => {
          const setting = await eventSourceWorld({ limits: { timeScale: 0.000_01 } });
          const taken: string[] = [];
          const left = [...script];
          setting.world.faults.onBatch(() =>
            left[0]?.kind === 'duplicate' ? { kind: 'duplicate' } : undefined,
          );
          setting.functions.script = ({ Records }) => {
            const sequence = Records.map(
              (record) => (record.dynamodb as { SequenceNumber: string }).SequenceNumber,
            );
            const next = left.shift();
            if (next?.kind === 'error') return failed();
            if (next?.kind === 'throttled') return throttled;
            if (next?.kind === 'partial') {
              const at = next.at % sequence.length;
              taken.push(...sequence.slice(0, at));
              return failedItems(sequence[at]);
            }
            taken.push(...sequence);
            return returned();
          };
          setting.tables.write(Array.from({ length: 20 }, (_, index) => `${index}`));
          await setting.map(
            ofStream({
              BatchSize: batchSize,
              BisectBatchOnFunctionError: bisects,
              FunctionResponseTypes: ['ReportBatchItemFailures'],
            }),
          );
          const all = setting.tables.records.map(({ dynamodb }) => dynamodb.SequenceNumber);
          await expect.poll(() => new Set(taken).size, { interval: 1 }).toBe(all.length);
          await setting.lifecycle.stop();

          // At least once, and the first time of each in order.
          expect([...new Set(taken)]).toEqual(all);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
