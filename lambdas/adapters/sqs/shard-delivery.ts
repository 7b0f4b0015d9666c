import type { Exception, ShardDelivery } from '../../ports/queues.ts';
import { isObject } from '../../protocol/json-object.ts';
import { isListOfTexts, isShard, isText, isTextOrNothing } from './message-members.ts';

/** Reads a message of the delivery queue. Throws a SyntaxError or TypeError on a body that this queue never wrote. */
export function readShardDelivery(body: string): ShardDelivery {
  const message: unknown = JSON.parse(body);
  if (!isShardDelivery(message)) {
    throw new TypeError(
      'a message of the delivery queue must carry channel, kind and notificationId, each a string, shard, a whole number, sequenceNumber, ' +
        'decimal digits, and frames, a list of strings; it may carry storedAt, a number, only, a string, and except, an object with ' +
        'connectionId or userId',
    );
  }
  const { channel, shard, kind, notificationId, sequenceNumber, storedAt, frames, except, only } = message;
  return {
    channel,
    shard,
    kind,
    notificationId,
    sequenceNumber,
    ...(storedAt !== undefined && { storedAt }),
    frames,
    ...(except !== undefined && { except }),
    ...(only !== undefined && { only }),
  };
}

function isShardDelivery(value: unknown): value is ShardDelivery {
  if (!isObject(value)) return false;
  const { channel, shard, kind, notificationId, sequenceNumber, storedAt, frames, except, only } = value;
  return (
    isText(channel) &&
    isShard(shard) &&
    // Of those that a function knows which is older or newer: it is for the log alone.
    isText(kind) &&
    isText(notificationId) &&
    isText(sequenceNumber) &&
    /^\d+$/.test(sequenceNumber) &&
    (storedAt === undefined || typeof storedAt === 'number') &&
    isListOfTexts(frames) &&
    (except === undefined || isException(except)) &&
    isTextOrNothing(only)
  );
}

/** One that names nobody would be for everybody: whom it meant could not be known. */
function isException(value: unknown): value is Exception {
  if (!isObject(value)) return false;
  const { connectionId, userId } = value;
  return (
    isTextOrNothing(connectionId) &&
    isTextOrNothing(userId) &&
    (connectionId !== undefined || userId !== undefined)
  );
}
