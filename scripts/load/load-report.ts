import { type Measurement, percentile } from '../../bench/measurement.ts';
import type { LoadOptions } from './load-options.ts';
import type { LoadResult } from './run-load.ts';

/** Whether every connection was there to the end, and every notification reached it. */
export function hasLostNothing(
  { opening, reception, expected }: LoadResult,
  { connections }: LoadOptions,
): boolean {
  return (
    opening.subscribed === connections && reception.lostConnections === 0 && reception.received === expected
  );
}

export function measurementsOf(result: LoadResult, options: LoadOptions): readonly Measurement[] {
  const { opening, reception, expected, written } = result;
  const measure = (label: string, value: number, unit: string): Measurement => ({
    bench: 'load',
    case: label,
    value,
    unit,
  });
  const redials = [...opening.redials.values()].reduce((sum, count) => sum + count, 0);
  return [
    measure('connections greeted and subscribed', opening.subscribed, `of ${options.connections}`),
    measure('until all were', opening.seconds, 's'),
    measure('a second', opening.subscribed / opening.seconds, '/s'),
    measure('handshake to subscribed, median', percentile([...opening.milliseconds], 0.5), 'ms'),
    measure('handshake to subscribed, p99', percentile([...opening.milliseconds], 0.99), 'ms'),
    measure('dialled again', redials, ''),
    measure('connections lost', reception.lostConnections, ''),
    measure('notifications written', written, ''),
    measure('deliveries expected', expected, ''),
    measure('deliveries lost', expected - reception.received, ''),
    measure('deliveries repeated', reception.repeated, ''),
    measure('row written to frame received, median', percentile([...reception.milliseconds], 0.5), 'ms'),
    measure('row written to frame received, p99', percentile([...reception.milliseconds], 0.99), 'ms'),
    ...measurementsOfUsage(result, measure),
  ];
}

/** What the execution itself has used: only where its processes are on this machine, and ours. */
function measurementsOfUsage(
  { opening, reception, usage, idleSeconds }: LoadResult,
  measure: (label: string, value: number, unit: string) => Measurement,
): readonly Measurement[] {
  if (usage === undefined) return [];
  const { before, opened, settled, idle, delivered } = usage;
  const ofACore = (milliseconds: number, seconds: number): number => milliseconds / seconds / 10;
  return [
    measure('memory of the execution before', before.memoryBytes / 2 ** 20, 'MiB'),
    measure('memory with all connections', settled.memoryBytes / 2 ** 20, 'MiB'),
    measure(
      'memory a connection',
      (settled.memoryBytes - before.memoryBytes) / 1024 / opening.subscribed,
      'KiB',
    ),
    measure(
      'CPU a connection opened',
      (opened.cpuMilliseconds - before.cpuMilliseconds) / opening.subscribed,
      'ms',
    ),
    measure(
      'CPU while nothing happens',
      ofACore(idle.cpuMilliseconds - settled.cpuMilliseconds, idleSeconds),
      '% of a core',
    ),
    measure(
      'CPU while notifications are delivered',
      ofACore(delivered.cpuMilliseconds - idle.cpuMilliseconds, reception.seconds),
      '% of a core',
    ),
    measure(
      'CPU a delivery',
      ((delivered.cpuMilliseconds - idle.cpuMilliseconds) * 1000) / reception.received,
      'µs',
    ),
  ];
}

export function describeMeasurement({ case: label, value, unit }: Measurement): string {
  return `${label.padEnd(40)} ${Number(value.toFixed(1)).toString().padStart(9)} ${unit}`.trimEnd();
}
