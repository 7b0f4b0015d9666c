import { createHash, randomUUID } from 'node:crypto';
import type { MessageAttributes, OutgoingMessage, ReceivedMessage } from '../queues.ts';
import { deduplicationIdOf } from './deduplication.ts';

/** A message as a queue keeps it. */
export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: MessageAttributes;
  readonly senderId: string;
  /** Epoch milliseconds, as are all times here. */
  readonly sentAt: number;
  /** End of its retention in this queue. */
  readonly expiresAt: number;
  /** Order and lock of a FIFO queue; fairness, which has no effect here, of a standard one. */
  readonly groupId?: string;
  readonly fifo?: { readonly deduplicationId: string; readonly sequenceNumber: string };
  readonly deadLetterSourceArn?: string;
  /** "The number of times a message has been received across all queues but not deleted" (API_ReceiveMessage). */
  receiveCount: number;
  /** In this queue alone: what `maxReceiveCount` compares. */
  receivesHere: number;
  firstReceivedAt: number | undefined;
  state: 'delayed' | 'visible' | 'in-flight';
  /** Names the latest receive: only its handle is still good. */
  receipt: string | undefined;
  /** The receive of whoever said last when it becomes visible again. */
  timeChosenIn: string | undefined;
  /** Makes it visible. */
  timer: NodeJS.Timeout | undefined;
}

/** `sequenceNumber`: of a FIFO queue, which also has a deduplication id for each message. */
export function newMessage(
  message: OutgoingMessage,
  place: { readonly sentAt: number; readonly expiresAt: number; readonly sequenceNumber?: string },
): StoredMessage {
  const { sentAt, expiresAt, sequenceNumber } = place;
  return {
    messageId: randomUUID(),
    body: message.body,
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    messageAttributes: message.messageAttributes ?? {},
    senderId: `AROALOCALEXECUTION:${message.sender ?? 'lambda.amazonaws.com'}`,
    sentAt,
    expiresAt,
    ...(message.messageGroupId === undefined ? {} : { groupId: message.messageGroupId }),
    ...(sequenceNumber === undefined
      ? {}
      : { fifo: { deduplicationId: deduplicationIdOf(message), sequenceNumber } }),
    receiveCount: 0,
    receivesHere: 0,
    firstReceivedAt: undefined,
    state: 'delayed',
    receipt: undefined,
    timeChosenIn: undefined,
    timer: undefined,
  };
}

/** Bytes of an event that the message takes up: handle, attributes, ids and names besides it are below 1 KiB. */
export function payloadBytesOf({ body, messageAttributes }: StoredMessage): number {
  return Buffer.byteLength(JSON.stringify([body, messageAttributes])) + 1024;
}

/** As a receiver sees it. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
export function asReceived(message: StoredMessage, receiptHandle: string): ReceivedMessage {
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    md5OfBody: message.md5OfBody,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: message.senderId,
      ...(message.firstReceivedAt === undefined
        ? {}
        : { ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt) }),
      ...(message.fifo === undefined
        ? {}
        : {
            SequenceNumber: message.fifo.sequenceNumber,
            MessageDeduplicationId: message.fifo.deduplicationId,
          }),
      ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
      ...(message.deadLetterSourceArn === undefined
        ? {}
        : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
    },
    messageAttributes: message.messageAttributes,
  };
}
