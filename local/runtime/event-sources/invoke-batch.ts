import type { InvocationResult } from '../functions.ts';
import type { World } from '../world.ts';
import { pause } from './pause.ts';

export interface BatchSource {
  readonly functionArn: string;
  /** ARN of the stream or queue. */
  readonly sourceArn: string;
}

/**
 * Hands one batch to the function, with the faults that a test asks for. A duplicate is what at-least-once delivery
 * means: the batch is invoked, nobody gets to know how it ended, and it is invoked again.
 */
export async function invokeBatch(
  world: World,
  { functionArn, sourceArn }: BatchSource,
  records: readonly object[],
  signal: AbortSignal,
): Promise<InvocationResult> {
  const event = { Records: records };
  const functionName = world.functions.get(functionArn).name;
  const fault = world.faults.batchFault({ functionName, sourceArn });
  if (fault?.kind === 'delay') await pause(fault.milliseconds, signal);
  if (signal.aborted) {
    return { outcome: 'throttled', errorType: 'Stopped', errorMessage: 'The local execution is stopping.' };
  }
  if (fault?.kind === 'duplicate') await world.functions.invoke(functionArn, event);
  return world.functions.invoke(functionArn, event);
}
