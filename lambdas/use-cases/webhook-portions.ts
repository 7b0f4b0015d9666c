import type { QueuedWebhookEvent } from '../ports/webhook-queue.ts';

/** One message of the webhook queue. */
export interface WebhookMessage {
  readonly messageId: string;
  /** Of this receive. */
  readonly receiptHandle: string;
  /** How many times the queue has handed it out, this time included. */
  readonly receiveCount: number;
  readonly queued: QueuedWebhookEvent;
}

const EVENTS_A_REQUEST = 100;

/** Web servers refuse large bodies, and their least is a megabyte. */
const BYTES_A_REQUEST = 256 * 1024;

/**
 * A request has one time for all its events. A receiver that compares it with that of another request must not take what is repeated
 * for newer than what was delivered meanwhile.
 */
const SPAN_IN_MILLISECONDS = 1_000;

/**
 * From this receive on an event has a request of its own: perhaps it is another one of its request that the endpoint does not take.
 */
export const RECEIVES_TOGETHER = 5;

/** The messages of an endpoint, in order of time, divided into those that go into one request each. */
export function portionsOf(messages: readonly WebhookMessage[]): WebhookMessage[][] {
  const inOrder = messages.toSorted(
    ({ queued: one }, { queued: other }) => one.at - other.at || one.index - other.index,
  );
  const portions: WebhookMessage[][] = [];
  let bytes = 0;
  for (const message of inOrder) {
    const size = sizeOf(message);
    const portion = portions.at(-1);
    if (portion !== undefined && fits(message, portion) && bytes + size <= BYTES_A_REQUEST) {
      portion.push(message);
      bytes += size;
    } else {
      portions.push([message]);
      bytes = size;
    }
  }
  return portions;
}

function fits(message: WebhookMessage, portion: readonly WebhookMessage[]): boolean {
  const first = portion[0] as WebhookMessage;
  return (
    portion.length < EVENTS_A_REQUEST &&
    message.queued.at - first.queued.at <= SPAN_IN_MILLISECONDS &&
    Math.max(message.receiveCount, first.receiveCount) <= RECEIVES_TOGETHER
  );
}

function sizeOf({ queued }: WebhookMessage): number {
  return new TextEncoder().encode(JSON.stringify(queued.event)).length;
}
