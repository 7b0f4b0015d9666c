import { SqsError } from './sqs-error.ts';

/** What a receipt handle says: of which queue, which message, which receive of it. */
export interface Receipt {
  readonly queueArn: string;
  readonly messageId: string;
  readonly receipt: string;
}

export function receiptHandle({ queueArn, messageId, receipt }: Receipt): string {
  return Buffer.from(JSON.stringify([queueArn, messageId, receipt])).toString('base64');
}

/** Throws `ReceiptHandleIsInvalid` for whatever this queue has not given out. */
export function parseReceiptHandle(handle: string, queueArn: string): Receipt {
  const parts = decode(handle);
  const [arn, messageId, receipt] = Array.isArray(parts) ? parts : [];
  if (arn !== queueArn || typeof messageId !== 'string' || typeof receipt !== 'string') {
    throw new SqsError(
      'ReceiptHandleIsInvalid',
      `The input receipt handle "${handle}" is not a valid receipt handle.`,
    );
  }
  return { queueArn, messageId, receipt };
}

function decode(handle: string): unknown {
  try {
    return JSON.parse(Buffer.from(handle, 'base64').toString());
  } catch {
    return undefined;
  }
}
