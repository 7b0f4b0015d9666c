import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetter, DeadLetterQueue } from '../../ports/queues.ts';
import { MAX_MESSAGE_BYTES, messageBody } from './message-body.ts';

export class SqsDeadLetterQueue implements DeadLetterQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(client: SQSClient, queueUrl: string) {
    this.#client = client;
    this.#queueUrl = queueUrl;
  }

  async bury(letter: DeadLetter): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: bodyOf(letter) }),
    );
  }
}

/**
 * `{reason, row, sequenceNumber}`. A row of 400 KB can be more than a message holds once it is DynamoDB JSON: then the
 * message has its keys only, says so, and says how to find the rest.
 */
function bodyOf(letter: DeadLetter): string {
  const { reason, row, sequenceNumber } = letter;
  const body = messageBody({ reason, row, sequenceNumber });
  const bytes = Buffer.byteLength(body);
  if (bytes <= MAX_MESSAGE_BYTES) {
    return body;
  }
  return messageBody({
    reason,
    row: keysOf(row),
    sequenceNumber,
    shortened:
      `The letter had ${bytes} bytes, a message holds ${MAX_MESSAGE_BYTES}: of the row only its keys are here. ` +
      'Read the whole row from the Notifications table by channel and id.',
  });
}

/** Key attributes are at most 3 KB together, so they always fit; what is missing or no string is left out. */
function keysOf(row: unknown): Record<string, unknown> {
  const attributes = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>;
  return { channel: attributes.channel, id: attributes.id };
}
