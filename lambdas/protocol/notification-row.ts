import { jsonTextOf, NotAnAttributeValue } from './attribute-json.ts';
import { publishingProblem } from './channel.ts';
import { MAX_FRAME_BYTES } from './limits.ts';
import type { Notification } from './notification.ts';
import { attributeOf, isLeftOut, Malformed, type Row, readText, rowOf, typeName } from './row-attributes.ts';
import { notificationFrame } from './server-event.ts';
import { isSocketId } from './socket-id.ts';

/** A notification with its frame, or why the row is none. */
export type RowReading =
  | { readonly notification: Notification; readonly frame: string }
  | {
      /** What was wrong and what was expected, in words that contain nothing of the payload: fit for a log. */
      readonly reason: string;
      /** Where in the payload it was, `data.payer.name` for example. The names of its members belong to the payload. */
      readonly place?: string;
    };

/**
 * Reads a row of the Notifications table, in DynamoDB JSON, whoever has written it. Strict about the form that the table's
 * contract names: a row that is only nearly a notification is told to whoever looks after the dead-letter queue, not guessed at.
 * Never throws.
 */
export function readNotificationRow(row: unknown): RowReading {
  try {
    const notification = readNotification(rowOf(row));
    const frame = notificationFrame(notification);
    const bytes = Buffer.byteLength(frame);
    if (bytes > MAX_FRAME_BYTES) {
      throw new Malformed(
        `its frame has ${bytes} bytes; API Gateway carries at most 128 KB (${MAX_FRAME_BYTES})`,
      );
    }
    return { notification, frame };
  } catch (error) {
    if (error instanceof NotAnAttributeValue) return { reason: error.message, place: error.place };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function readNotification(row: Row): Notification {
  const channel = readText(row, 'channel');
  const problem = publishingProblem(channel);
  if (problem !== undefined) throw new Malformed(problem);
  const notification = {
    channel,
    id: readText(row, 'id'),
    event: readText(row, 'event'),
    data: readData(attributeOf(row, 'data')),
  };
  checkOptional(row, 'createdAt', 'S', 'a string (ISO 8601)');
  checkOptional(row, 'expiresAt', 'N', 'a number (epoch seconds)');
  // What a writer without a socket to leave out puts there when it does not leave out the attribute.
  if (isLeftOut(row, 'socketId') || attributeOf(row, 'socketId')?.S === '') return notification;
  const socketId = readText(row, 'socketId');
  if (!isSocketId(socketId)) {
    throw new Malformed('socketId must be a socket id, digits.digits, or be left out');
  }
  return { ...notification, socketId };
}

function readData(value: Row | undefined): string {
  if (typeof value?.S === 'string') return value.S;
  if (value?.M !== undefined) return jsonTextOf(value);
  throw new Malformed(`data must be a map or a string, got ${typeName(value)}`);
}

function checkOptional(row: Row, name: string, type: 'S' | 'N', expected: string): void {
  const value = attributeOf(row, name);
  if (!isLeftOut(row, name) && typeof value?.[type] !== 'string') {
    throw new Malformed(`${name} must be ${expected}, or be left out; got ${typeName(value)}`);
  }
}
