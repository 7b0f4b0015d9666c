import { SLOW_MOTION } from './aws-waits.ts';
import type { Usage } from './function-process.ts';

/**
 * A function has one vCPU at 1,769 MB and its share of one below that.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
export const MEGABYTES_OF_ONE_CPU = 1_769;

/**
 * Milliseconds that an invocation, measured with waits in slow motion, would take with so much memory: its CPU time is as much longer as its share
 * is smaller, its waits stay what they are. One of our cores is taken for one of Lambda's; work and waits that overlap are added up, which is
 * rather too much.
 */
export function durationWith(
  megabytes: number,
  { cpuMilliseconds, milliseconds }: Pick<Usage, 'cpuMilliseconds' | 'milliseconds'>,
): number {
  const waited = Math.max(0, milliseconds - cpuMilliseconds) / SLOW_MOTION;
  return cpuMilliseconds / Math.min(1, megabytes / MEGABYTES_OF_ONE_CPU) + waited;
}
