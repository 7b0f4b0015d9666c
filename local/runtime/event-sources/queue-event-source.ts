import type { InvocationResult } from '../functions.ts';
import { SqsError } from '../sqs/sqs-error.ts';
import type { World } from '../world.ts';
import { Backoff } from './backoff.ts';
import { reportedFailures } from './batch-response.ts';
import type { EventSource, QueueSettings } from './event-source-settings.ts';
import { invokeBatch } from './invoke-batch.ts';
import { pollWith } from './polling.ts';
import { gatherQueueBatch, type HeldMessage } from './queue-batch.ts';
import { scaled } from './scaling.ts';

/** Batches at a time with which Lambda begins. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const CONCURRENT_BATCHES = 5;

/** It adds up to 300 a minute. Source: as above */
const ADDITION_IN_MILLISECONDS = 200;

/**
 * A mapping of a queue. Order and locks of message groups are the queue's own: a group in flight is not given out. No more batches are
 * taken than a function has environments here, and without a `MaximumConcurrency` no more than at the beginning.
 */
export function createQueueEventSource(world: World, settings: QueueSettings): EventSource {
  const { environmentsPerFunction, timeScale } = world.limits;
  const most = Math.min(
    settings.maximumConcurrency ?? CONCURRENT_BATCHES,
    Math.max(CONCURRENT_BATCHES, environmentsPerFunction),
  );
  const consumeScaled = scaled((signal, tell) => consume(world, settings, signal, tell), {
    first: Math.min(CONCURRENT_BATCHES, most),
    most,
    additionInMilliseconds: ADDITION_IN_MILLISECONDS * timeScale,
  });
  return pollWith([consumeScaled]);
}

async function consume(
  world: World,
  settings: QueueSettings,
  signal: AbortSignal,
  tell: (busy: boolean) => void,
): Promise<void> {
  const backoff = new Backoff(world.limits.timeScale);
  while (!signal.aborted) {
    try {
      const held = await gatherQueueBatch(world, settings, signal);
      if (held.length > 0 && !signal.aborted) {
        tell(true);
        await deliver(world, settings, held, signal).finally(() => tell(false));
      }
      backoff.reset();
    } catch (error) {
      if (signal.aborted) return;
      world.logs.write('queue', `${settings.queueArn}: ${String(error)}`);
      await backoff.wait(signal);
    }
  }
}

async function deliver(
  world: World,
  settings: QueueSettings,
  held: readonly HeldMessage[],
  signal: AbortSignal,
): Promise<void> {
  const result = await invokeBatch(
    world,
    { functionArn: settings.functionArn, sourceArn: settings.queueArn },
    held.map(({ record }) => record),
    signal,
  );
  const failed = failedMessages(result, settings, held);
  if (failed.size > 0) {
    const { name } = world.functions.get(settings.functionArn);
    const how = result.outcome === 'returned' ? 'were reported as failed' : `failed (${result.outcome})`;
    world.logs.write('queue', `${name}: ${failed.size} of ${held.length} messages ${how}`);
  }
  for (const message of held) {
    try {
      if (failed.has(message.message.messageId)) giveBack(world, settings, message);
      else world.queues.delete(settings.queueArn, message.message.receiptHandle);
    } catch (error) {
      // The function took longer than the messages stay invisible: they are somebody else's by now.
      if (!(error instanceof SqsError)) throw error;
      world.logs.write('queue', `${settings.queueArn}: ${error.message}`);
    }
  }
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
function failedMessages(
  result: InvocationResult,
  settings: QueueSettings,
  held: readonly HeldMessage[],
): ReadonlySet<string> {
  const all = new Set(held.map(({ message }) => message.messageId));
  if (result.outcome !== 'returned') return all;
  const reported = settings.reportsItemFailures ? reportedFailures(result.payload) : [];
  // An id that is not of this batch makes the whole of it fail.
  if (reported === 'whole-batch' || reported.some((id) => !all.has(id))) return all;
  return new Set(reported);
}

/** Lambda leaves the visibility time-out as it is: it began when the message was received, or the function has changed it. */
function giveBack(world: World, { queueArn }: QueueSettings, { message, receivedAt }: HeldMessage): void {
  const { visibilityTimeoutInSeconds } = world.queues.get(queueArn);
  const elapsed = (Date.now() - receivedAt) / (1000 * world.limits.timeScale);
  world.queues.giveBack(queueArn, message.receiptHandle, Math.max(0, visibilityTimeoutInSeconds - elapsed));
}
