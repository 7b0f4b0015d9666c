import { randomUUID } from 'node:crypto';
import type { InvocationResult } from '../functions.ts';
import type { BufferedRecord } from './stream-buffer.ts';

export interface Discarded {
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly records: readonly BufferedRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  /** Invocations that have seen these records. */
  readonly invocations: number;
  /** How the last of them ended; undefined when there was none. */
  readonly lastResult: InvocationResult | undefined;
}

/**
 * What an on-failure destination is told of a discarded batch: where it stood in the stream, not what was in it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureRecord(discarded: Discarded, now: Date): object {
  const { records, lastResult } = discarded;
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: discarded.functionArn,
      condition: discarded.condition,
      approximateInvokeCount: discarded.invocations,
    },
    ...(lastResult === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: '$LATEST',
            // A report of failed items is no error of the function.
            ...(lastResult.outcome === 'returned' ? {} : { functionError: 'Unhandled' }),
          },
        }),
    version: '1.0',
    timestamp: now.toISOString(),
    DDBStreamBatchInfo: {
      shardId: discarded.shardId,
      startSequenceNumber: first?.record.dynamodb.SequenceNumber,
      endSequenceNumber: last?.record.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: discarded.streamArn,
    },
  };
}

/** `2019-11-14T00:13:19Z`: streams know seconds. */
function arrival(buffered: BufferedRecord | undefined): string | undefined {
  const seconds = buffered?.record.dynamodb.ApproximateCreationDateTime;
  return seconds === undefined ? undefined : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
