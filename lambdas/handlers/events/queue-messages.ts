import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type BatchResponse, batchResponse } from './batch-response.ts';

/** Told of each message that failed. */
type Complain = (error: unknown, messageId: string) => void;

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
      complain(error, message.messageId);
      return [message.messageId];
    }
  });
  return batchResponse((await Promise.all(failures)).flat());
}

/** All messages as `read` reads them, and the ids of those that it cannot read. */
export function readEach<Message>(
  { Records }: SQSEvent,
  read: (message: SQSRecord) => Message,
  complain: Complain,
): { readonly messages: Message[]; readonly unreadable: string[] } {
  const messages: Message[] = [];
  const unreadable: string[] = [];
  for (const record of Records) {
    try {
      messages.push(read(record));
    } catch (error) {
      complain(error, record.messageId);
      unreadable.push(record.messageId);
    }
  }
  return { messages, unreadable };
}
