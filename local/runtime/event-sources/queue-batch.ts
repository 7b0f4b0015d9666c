import type { ReceivedMessage } from '../queues.ts';
import type { World } from '../world.ts';
import { MAX_PAYLOAD_BYTES, type QueueSettings } from './event-source-settings.ts';
import { queueRecord } from './queue-record.ts';

/** One call receives so many, and waits so long. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MAX_RECEIVED = 10;
const LONG_POLL_IN_MILLISECONDS = 20_000;

/** A message that a mapping holds. */
export interface HeldMessage {
  readonly message: ReceivedMessage;
  /** As the function sees it. */
  readonly record: object;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/**
 * Gathers the next batch: whatever is there, or, with a batching window, what comes until it is over, the batch full or
 * the payload used up. Messages that the filter does not let through are deleted. Empty when nothing came.
 */
export async function gatherQueueBatch(
  world: World,
  settings: QueueSettings,
  signal: AbortSignal,
): Promise<readonly HeldMessage[]> {
  const { queueArn, batchSize } = settings;
  const { timeScale } = world.limits;
  const { visibilityTimeoutInSeconds } = world.queues.get(queueArn);
  const held: HeldMessage[] = [];
  let payloadBytes = MAX_PAYLOAD_BYTES;
  let windowEndsAt: number | undefined;

  while (!signal.aborted && held.length < batchSize && payloadBytes > 0) {
    const waitInMilliseconds =
      windowEndsAt === undefined ? LONG_POLL_IN_MILLISECONDS : Math.max(0, windowEndsAt - Date.now());
    const messages = await world.queues.receive(queueArn, {
      max: Math.min(MAX_RECEIVED, batchSize - held.length),
      maxPayloadBytes: payloadBytes,
      waitInMilliseconds,
      // A function takes its time whatever the scale: on a shrunk one, its messages must not be given out twice.
      invisibleForInMilliseconds: visibilityTimeoutInSeconds * 1000 * Math.max(1, timeScale),
      signal,
    });
    const receivedAt = Date.now();
    windowEndsAt ??= receivedAt + settings.batchingWindowInSeconds * 1000 * timeScale;
    for (const message of messages) {
      const record = queueRecord(message, queueArn);
      payloadBytes -= Buffer.byteLength(JSON.stringify(record));
      if (settings.filter(record)) held.push({ message, record, receivedAt });
      else world.queues.delete(queueArn, message.receiptHandle);
    }
    if (Date.now() >= windowEndsAt) break;
  }
  return held;
}
