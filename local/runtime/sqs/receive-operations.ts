import type { MessageAttributes, ReceivedMessage } from '../queues.ts';
import { answerBatch, batchEntries } from './batch.ts';
import { md5OfMessageAttributes } from './message-attributes.ts';
import type { Operation } from './operation.ts';
import {
  checkMembers,
  type Input,
  optionalInteger,
  requiredInteger,
  requiredString,
  stringList,
} from './request-input.ts';

const MAX_VISIBILITY_IN_SECONDS = 43_200;

export const receiveMessage: Operation = {
  action: 'sqs:ReceiveMessage',
  members: [
    'QueueUrl',
    'AttributeNames',
    'MessageSystemAttributeNames',
    'MessageAttributeNames',
    'MaxNumberOfMessages',
    'VisibilityTimeout',
    'WaitTimeSeconds',
  ],
  run: async ({ input, queue, timeScale, signal }) => {
    const visibility = optionalInteger(input, 'VisibilityTimeout', 0, MAX_VISIBILITY_IN_SECONDS);
    const wait = optionalInteger(input, 'WaitTimeSeconds', 0, 20) ?? queue.definition.receiveWaitInSeconds;
    const attributeNames = [
      ...stringList(input, 'AttributeNames'),
      ...stringList(input, 'MessageSystemAttributeNames'),
    ];
    const messageAttributeNames = stringList(input, 'MessageAttributeNames');
    const messages = await queue.receive({
      max: optionalInteger(input, 'MaxNumberOfMessages', 1, 10) ?? 1,
      waitInMilliseconds: wait * 1000 * timeScale,
      signal,
      ...(visibility === undefined ? {} : { invisibleForInMilliseconds: visibility * 1000 * timeScale }),
    });
    if (messages.length === 0) return {};
    return { Messages: messages.map((message) => describe(message, attributeNames, messageAttributeNames)) };
  },
};

export const deleteMessage: Operation = {
  action: 'sqs:DeleteMessage',
  members: ['QueueUrl', 'ReceiptHandle'],
  run: ({ input, queue }) => {
    queue.delete(requiredString(input, 'ReceiptHandle'));
    return {};
  },
};

export const deleteMessageBatch: Operation = {
  action: 'sqs:DeleteMessage',
  members: ['QueueUrl', 'Entries'],
  run: ({ input, queue }) => {
    const entries = batchEntries(input);
    for (const entry of entries) checkMembers('DeleteMessageBatch Entries', entry, ['Id', 'ReceiptHandle']);
    return answerBatch(entries, (entry) => {
      queue.delete(requiredString(entry, 'ReceiptHandle'));
      return {};
    });
  },
};

export const changeMessageVisibility: Operation = {
  action: 'sqs:ChangeMessageVisibility',
  members: ['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'],
  run: ({ input, queue }) => {
    queue.changeVisibility(requiredString(input, 'ReceiptHandle'), visibilityOf(input));
    return {};
  },
};

export const changeMessageVisibilityBatch: Operation = {
  action: 'sqs:ChangeMessageVisibility',
  members: ['QueueUrl', 'Entries'],
  run: ({ input, queue }) => {
    const entries = batchEntries(input);
    for (const entry of entries) {
      checkMembers('ChangeMessageVisibilityBatch Entries', entry, [
        'Id',
        'ReceiptHandle',
        'VisibilityTimeout',
      ]);
    }
    return answerBatch(entries, (entry) => {
      queue.changeVisibility(requiredString(entry, 'ReceiptHandle'), visibilityOf(entry));
      return {};
    });
  },
};

function visibilityOf(input: Input): number {
  return requiredInteger(input, 'VisibilityTimeout', 0, MAX_VISIBILITY_IN_SECONDS);
}

/** Attributes are only given to those who ask for them. */
function describe(
  message: ReceivedMessage,
  attributeNames: readonly string[],
  messageAttributeNames: readonly string[],
): object {
  const all = attributeNames.includes('All');
  const attributes = Object.entries(message.attributes).filter(
    ([name]) => all || attributeNames.includes(name),
  );
  const messageAttributes = Object.fromEntries(
    Object.entries(message.messageAttributes).filter(([name]) => isAskedFor(name, messageAttributeNames)),
  ) as MessageAttributes;
  const md5OfAttributes = md5OfMessageAttributes(messageAttributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) }),
    ...(md5OfAttributes === undefined
      ? {}
      : { MessageAttributes: messageAttributes, MD5OfMessageAttributes: md5OfAttributes }),
  };
}

/** `All` and `.*` ask for every attribute, `bar.*` for those that begin with `bar`. */
function isAskedFor(name: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) =>
      pattern === 'All' ||
      pattern === name ||
      (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2))),
  );
}
