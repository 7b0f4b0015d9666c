import { createHash } from 'node:crypto';
import type { MessageAttribute, MessageAttributes } from '../queues.ts';
import { SqsError } from './sqs-error.ts';

const MAX_ATTRIBUTES = 10;
/** Letters, digits, `_`, `-`, `.`; no dot at either end, no two in a row, not `AWS.` or `Amazon.` in front. */
const attributeName = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const dataType = /^(String|Number|Binary)(\.[^\s]{1,247})?$/;

/**
 * Refuses attributes that SQS would refuse.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function checkMessageAttributes(attributes: MessageAttributes): void {
  const names = Object.keys(attributes);
  if (names.length > MAX_ATTRIBUTES) {
    throw invalid(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`,
    );
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!attributeName.test(name)) throw invalid(`The message attribute name '${name}' is not a valid one.`);
    if (!dataType.test(attribute.DataType ?? '')) {
      throw invalid(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      );
    }
    const value = attribute.DataType.startsWith('Binary') ? attribute.BinaryValue : attribute.StringValue;
    if (typeof value !== 'string' || value === '') {
      throw invalid(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${attribute.DataType}'.`,
      );
    }
    if (attribute.DataType.startsWith('Number') && !Number.isFinite(Number(value))) {
      throw invalid(`Can't cast the value of message attribute '${name}' to a number.`);
    }
  }
}

/** Names, types and values count against the size of a message. */
export function bytesOfMessageAttributes(attributes: MessageAttributes): number {
  return Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + valueBytes(attribute).length,
    0,
  );
}

/**
 * The digest that SDKs compare: names in order, each part with its length in front.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation
 */
export function md5OfMessageAttributes(attributes: MessageAttributes): string | undefined {
  // By UTF-16 code units, as the SDKs sort; not by locale.
  const names = Object.keys(attributes).sort((a, b) => (a < b ? -1 : 1));
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  for (const name of names) {
    const attribute = attributes[name] as MessageAttribute;
    const transportType = attribute.DataType.startsWith('Binary') ? 2 : 1;
    for (const part of [withLength(name), withLength(attribute.DataType), Buffer.from([transportType])]) {
      hash.update(part);
    }
    hash.update(withLength(valueBytes(attribute)));
  }
  return hash.digest('hex');
}

function valueBytes(attribute: MessageAttribute): Buffer {
  return attribute.DataType.startsWith('Binary')
    ? Buffer.from(attribute.BinaryValue ?? '', 'base64')
    : Buffer.from(attribute.StringValue ?? '');
}

function withLength(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function invalid(message: string): SqsError {
  return new SqsError('InvalidParameterValueException', message);
}
