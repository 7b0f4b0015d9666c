import type { MessageAttributes, OutgoingMessage, SentMessage } from '../queues.ts';
import { answerBatch, batchEntries } from './batch.ts';
import { bytesOf, MAX_DELAY_IN_SECONDS, MAX_MESSAGE_BYTES } from './message-rules.ts';
import type { Operation } from './operation.ts';
import {
  checkMembers,
  type Input,
  optionalInput,
  optionalInteger,
  optionalString,
  requiredString,
} from './request-input.ts';
import { SqsError } from './sqs-error.ts';

const messageMembers = [
  'MessageBody',
  'DelaySeconds',
  'MessageAttributes',
  'MessageGroupId',
  'MessageDeduplicationId',
];

export const sendMessage: Operation = {
  action: 'sqs:SendMessage',
  members: ['QueueUrl', ...messageMembers],
  run: ({ input, queue, sender }) => {
    const sent = queue.send(readMessage(input, sender));
    return { MessageId: sent.messageId, ...describe(sent) };
  },
};

export const sendMessageBatch: Operation = {
  action: 'sqs:SendMessage',
  members: ['QueueUrl', 'Entries'],
  run: ({ input, queue, sender }) => {
    const entries = batchEntries(input);
    for (const entry of entries) checkMembers('SendMessageBatch Entries', entry, ['Id', ...messageMembers]);
    checkBytes(entries);
    return answerBatch(entries, (entry) => {
      const sent = queue.send(readMessage(entry, sender));
      return { MessageId: sent.messageId, ...describe(sent) };
    });
  },
};

function checkBytes(entries: readonly Input[]): void {
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(readContent(entry)), 0);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new SqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${bytes} bytes.`,
    );
  }
}

function readMessage(input: Input, sender: string): OutgoingMessage {
  const delayInSeconds = optionalInteger(input, 'DelaySeconds', 0, MAX_DELAY_IN_SECONDS);
  const messageGroupId = optionalString(input, 'MessageGroupId');
  const messageDeduplicationId = optionalString(input, 'MessageDeduplicationId');
  return {
    ...readContent(input),
    sender,
    ...(delayInSeconds === undefined ? {} : { delayInSeconds }),
    ...(messageGroupId === undefined ? {} : { messageGroupId }),
    ...(messageDeduplicationId === undefined ? {} : { messageDeduplicationId }),
  };
}

function readContent(input: Input): Pick<OutgoingMessage, 'body' | 'messageAttributes'> {
  const attributes: Record<string, MessageAttributes[string]> = {};
  const given = optionalInput(input, 'MessageAttributes') ?? {};
  for (const name of Object.keys(given)) {
    const attribute = optionalInput(given, name) ?? {};
    checkMembers(`message attribute ${name}`, attribute, ['DataType', 'StringValue', 'BinaryValue']);
    const stringValue = optionalString(attribute, 'StringValue');
    const binaryValue = optionalString(attribute, 'BinaryValue');
    attributes[name] = {
      DataType: requiredString(attribute, 'DataType'),
      ...(stringValue === undefined ? {} : { StringValue: stringValue }),
      ...(binaryValue === undefined ? {} : { BinaryValue: binaryValue }),
    };
  }
  return { body: requiredString(input, 'MessageBody'), messageAttributes: attributes };
}

function describe(sent: SentMessage): object {
  return {
    MD5OfMessageBody: sent.md5OfBody,
    ...(sent.md5OfMessageAttributes === undefined
      ? {}
      : { MD5OfMessageAttributes: sent.md5OfMessageAttributes }),
    ...(sent.sequenceNumber === undefined ? {} : { SequenceNumber: sent.sequenceNumber }),
  };
}
