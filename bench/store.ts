import { mkdirSync, writeFileSync } from 'node:fs';
import type { BenchOptions, Measurement } from './measurement.ts';
import { createActors } from './metering/actors.ts';
import { startMeasuredDeployment } from './metering/measured-deployment.ts';
import { measureOperations } from './metering/operations.ts';
import { rowSizes } from './metering/row-sizes.ts';
import type { OperationFigures, StoreFigures } from './recorded/store-figures.ts';

const SETTINGS = '.local/bench/settings.json';
const RECORDED = new URL('./recorded/store.json', import.meta.url);

/**
 * What clients and APIs do, and what each of it asks of AWS: units of reads and writes, changes on streams, invocations, requests to queues;
 * and the bytes of each kind of row. With `record` all of it goes to `recorded/store.json`, where costs are counted from.
 */
export async function* store({ record }: BenchOptions): AsyncGenerator<Measurement> {
  mkdirSync('.local/bench', { recursive: true });
  writeFileSync(SETTINGS, '{}');
  const deployment = await startMeasuredDeployment(SETTINGS);
  const actors = createActors(deployment);
  const operations: Record<string, OperationFigures> = {};
  try {
    for await (const [operation, figures] of measureOperations(deployment, actors)) {
      operations[operation] = figures;
      yield* measurementsOf(operation, figures);
    }
    for (const { kind, bytes } of await rowSizes(deployment)) {
      yield { bench: 'store', case: `row: ${kind}`, value: bytes, unit: 'bytes' };
    }
  } finally {
    actors.stop();
    await deployment.stop();
  }
  if (!record) return;
  const measuredOn = new Date().toISOString().slice(0, 10);
  const figures = { measuredOn, operations } as StoreFigures;
  writeFileSync(RECORDED, `${JSON.stringify(figures, null, 2)}\n`);
}

function* measurementsOf(operation: string, figures: OperationFigures): Generator<Measurement> {
  const { readUnits, writeUnits, streamRecords, sqsRequests, invocations } = figures;
  for (const [figure, value, unit] of [
    ['read', readUnits, 'RRU'],
    ['written', writeUnits, 'WRU'],
    ['changes on streams', streamRecords, 'records'],
    ['queues', sqsRequests, 'requests'],
  ] as const) {
    yield { bench: 'store', case: `${operation}: ${figure}`, value, unit };
  }
  for (const [name, { count, milliseconds }] of Object.entries(invocations)) {
    yield { bench: 'store', case: `${operation}: invocations of ${name}`, value: count, unit: 'times' };
    yield { bench: 'store', case: `${operation}: duration of ${name}`, value: milliseconds, unit: 'ms' };
  }
}
