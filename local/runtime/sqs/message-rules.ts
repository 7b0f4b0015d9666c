import type { OutgoingMessage, QueueDefinition } from '../queues.ts';
import { bytesOfMessageAttributes, checkMessageAttributes } from './message-attributes.ts';
import { invalidParameter, missingParameter, SqsError } from './sqs-error.ts';

export const MAX_DELAY_IN_SECONDS = 900;
/** One message, and one batch of them: 1 MiB. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** What XML 1.0 allows: #x9, #xA, #xD, #x20 to #xD7FF, #xE000 to #xFFFD, #x10000 to #x10FFFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be found
const invalidCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;
const fifoId = /^[\x21-\x7e]{1,128}$/;
const notForThisQueue = 'The request include parameter that is not valid for this queue type.';

/** Bytes that count: body, and names, types and values of the attributes. */
export function bytesOf(message: OutgoingMessage): number {
  return Buffer.byteLength(message.body) + bytesOfMessageAttributes(message.messageAttributes ?? {});
}

/**
 * Refuses a message that SQS would not take into this queue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export function checkMessage(queue: QueueDefinition, message: OutgoingMessage): void {
  if (message.body === '') throw missingParameter('MessageBody');
  if (invalidCharacter.test(message.body)) {
    throw new SqsError(
      'InvalidMessageContents',
      'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.',
    );
  }
  checkMessageAttributes(message.messageAttributes ?? {});
  if (bytesOf(message) > queue.maximumMessageBytes) {
    throw new SqsError(
      'InvalidParameterValueException',
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageBytes} bytes.`,
    );
  }
  if (queue.fifo) checkFifoMessage(queue, message);
  else checkStandardMessage(message);
}

function checkFifoMessage(queue: QueueDefinition, message: OutgoingMessage): void {
  if (message.messageGroupId === undefined) throw missingParameter('MessageGroupId');
  checkFifoId('MessageGroupId', message.messageGroupId);
  // Only the queue as a whole can be delayed: a delay of its own would let a message fall behind its group.
  if (message.delayInSeconds) throw invalidParameter('DelaySeconds', message.delayInSeconds, notForThisQueue);
  if (message.messageDeduplicationId !== undefined) {
    checkFifoId('MessageDeduplicationId', message.messageDeduplicationId);
  } else if (!queue.contentBasedDeduplication) {
    throw new SqsError(
      'InvalidParameterValueException',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
}

function checkStandardMessage(message: OutgoingMessage): void {
  if (message.messageDeduplicationId !== undefined) {
    throw invalidParameter('MessageDeduplicationId', message.messageDeduplicationId, notForThisQueue);
  }
  // Standard queues take groups too, for fairness between tenants.
  if (message.messageGroupId !== undefined) checkFifoId('MessageGroupId', message.messageGroupId);
  const delay = message.delayInSeconds ?? 0;
  if (!Number.isInteger(delay) || delay < 0 || delay > MAX_DELAY_IN_SECONDS) {
    throw invalidParameter(
      'DelaySeconds',
      delay,
      `DelaySeconds must be >= 0 and <= ${MAX_DELAY_IN_SECONDS}.`,
    );
  }
}

function checkFifoId(name: string, value: string): void {
  if (!fifoId.test(value)) {
    throw invalidParameter(
      name,
      value,
      `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
}
