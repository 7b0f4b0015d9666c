import type { PendingDelivery } from '../../ports/queues.ts';
import { isListOfTexts, isShard, isText } from './message-members.ts';

/**
 * Reads a message of the retry queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. While a deployment replaces the
 * functions, messages may still wait from before a delivery could have several frames, with the one as `frame`, and from before
 * a channel could have several shards: those are of shard 0.
 */
export function readPendingDelivery(body: string): PendingDelivery {
  const message = JSON.parse(body) as Record<string, unknown>;
  const { connectionId, channel, shard = 0, notificationId, sequenceNumber } = message;
  const frames = message.frames ?? [message.frame];
  if (
    !isText(connectionId) ||
    !isText(channel) ||
    !isShard(shard) ||
    !isText(notificationId) ||
    !isText(sequenceNumber) ||
    !isListOfTexts(frames)
  ) {
    throw new TypeError(
      'a message of the retry queue must carry connectionId, channel, notificationId and sequenceNumber, each a string, ' +
        'frames, a list of strings, and shard, a whole number, which may be left out',
    );
  }
  return { connectionId, channel, shard, notificationId, sequenceNumber, frames };
}
