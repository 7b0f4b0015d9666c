import type { PendingDelivery } from '../../ports/queues.ts';

/** Reads a message of the retry queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. */
export function readPendingDelivery(body: string): PendingDelivery {
  const { connectionId, channel, notificationId, sequenceNumber, frame } = JSON.parse(body) as Record<
    string,
    unknown
  >;
  if (
    typeof connectionId !== 'string' ||
    typeof channel !== 'string' ||
    typeof notificationId !== 'string' ||
    typeof sequenceNumber !== 'string' ||
    typeof frame !== 'string'
  ) {
    throw new TypeError(
      'a message of the retry queue must carry connectionId, channel, notificationId, sequenceNumber and frame, each a string',
    );
  }
  return { connectionId, channel, notificationId, sequenceNumber, frame };
}
