import { createHash } from 'node:crypto';
import type { OutgoingMessage, QueueDefinition, SentMessage } from '../queues.ts';

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html */
const WINDOW_IN_MILLISECONDS = 300_000;

/** The id given, or else the SHA-256 of the body: attributes do not count. */
export function deduplicationIdOf(message: OutgoingMessage): string {
  return message.messageDeduplicationId ?? createHash('sha256').update(message.body).digest('hex');
}

/**
 * What a FIFO queue was sent in the last five minutes, whether it is still in the queue or not. The window is no wait,
 * so it does not shrink with the time scale: functions take as long as ever, and would fall out of it.
 */
export class Deduplication {
  readonly #perGroup: boolean;
  readonly #recent = new Map<string, { readonly sent: SentMessage; readonly until: number }>();

  constructor(queue: QueueDefinition) {
    this.#perGroup = queue.deduplicationScope === 'messageGroup';
  }

  /** The earlier send of which this one is a repetition: it is answered the same, and not delivered. */
  earlier(message: OutgoingMessage, now: number): SentMessage | undefined {
    this.#forget(now);
    return this.#recent.get(this.#keyOf(message))?.sent;
  }

  remember(message: OutgoingMessage, sent: SentMessage, now: number): void {
    this.#recent.set(this.#keyOf(message), { sent, until: now + WINDOW_IN_MILLISECONDS });
  }

  /** The map keeps order of insertion, which is that of expiry. */
  #forget(now: number): void {
    for (const [key, { until }] of this.#recent) {
      if (until > now) return;
      this.#recent.delete(key);
    }
  }

  #keyOf(message: OutgoingMessage): string {
    const id = deduplicationIdOf(message);
    // The group id has no space in it.
    return this.#perGroup ? `${message.messageGroupId} ${id}` : id;
  }
}
