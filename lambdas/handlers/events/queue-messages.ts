import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { type BatchResponse, batchResponse } from './batch-response.ts';

/** Told of each message that failed. */
type Complain = (error: unknown, message: SQSRecord) => void;

/** Each message for itself, side by side; those that failed come again. */
export async function handleEach(
  { Records }: SQSEvent,
  handle: (message: SQSRecord) => Promise<void>,
  complain: Complain,
): Promise<BatchResponse> {
  const failures = Records.map(async (message): Promise<string[]> => {
    try {
      await handle(message);
      return [];
    } catch (error) {
      complain(error, message);
      return [message.messageId];
    }
  });
  return batchResponse((await Promise.all(failures)).flat());
}

/** What is done with the messages of a batch, all of them known to it. */
export interface Work<Message> {
  /** Throws when it is none of this queue. */
  readonly read: (message: SQSRecord) => Message;
  /** Resolves to the ids of those that have to come again; `endsAt`: epoch milliseconds at which the invocation ends. */
  readonly work: (messages: readonly Message[], endsAt: number) => Promise<readonly string[]>;
  readonly complain: Complain;
  readonly clock: { now(): number };
}

/** All messages together. Those that cannot be read fail by themselves, until their queue gives them up. */
export async function handleTogether<Message>(
  { Records }: SQSEvent,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  { read, work, complain, clock }: Work<Message>,
): Promise<BatchResponse> {
  const endsAt = clock.now() + context.getRemainingTimeInMillis();
  const messages: Message[] = [];
  const unreadable: string[] = [];
  for (const record of Records) {
    try {
      messages.push(read(record));
    } catch (error) {
      complain(error, record);
      unreadable.push(record.messageId);
    }
  }
  return batchResponse([...unreadable, ...(await work(messages, endsAt))]);
}

/** What every consumer wants to know of a message, its body aside. */
export function receiptOf({ messageId, receiptHandle, attributes }: SQSRecord) {
  return { messageId, receiptHandle, receiveCount: Number(attributes.ApproximateReceiveCount) };
}
