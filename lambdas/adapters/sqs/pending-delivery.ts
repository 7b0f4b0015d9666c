import type { PendingDelivery } from '../../ports/queues.ts';

/**
 * Reads a message of the retry queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. A message from before
 * a delivery could have several frames, with the one as `frame`, may still wait while a deployment replaces the functions.
 */
export function readPendingDelivery(body: string): PendingDelivery {
  const message = JSON.parse(body) as Record<string, unknown>;
  const { connectionId, channel, notificationId, sequenceNumber } = message;
  const frames = message.frames ?? [message.frame];
  if (
    typeof connectionId !== 'string' ||
    typeof channel !== 'string' ||
    typeof notificationId !== 'string' ||
    typeof sequenceNumber !== 'string' ||
    !isListOfTexts(frames)
  ) {
    throw new TypeError(
      'a message of the retry queue must carry connectionId, channel, notificationId and sequenceNumber, each a string, ' +
        'and frames, a list of strings',
    );
  }
  return { connectionId, channel, notificationId, sequenceNumber, frames };
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
