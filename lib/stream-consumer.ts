import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { PregoneroFunction } from './pregonero-function.ts';

export interface StreamConsumerProps {
  readonly table: TableV2;
  /**
   * Event patterns, at most five; what matches none of them never reaches the function.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
   */
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  /** Records of one call. */
  readonly batchSize: number;
  /**
   * Batches of a shard that are with the function at once. Above 1 the order of the stream holds for each row and no longer
   * for rows that belong together. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
   */
  readonly parallelizationFactor: number;
  /** Told which stretch of the stream was given up. */
  readonly failures: Queue;
}

/**
 * Feeds the stream of a table to a function: in order, with retries that end, so that nothing blocks the stream for
 * its whole 24 hours. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export function consumeStream(
  consumer: PregoneroFunction,
  { table, filters, batchSize, parallelizationFactor, failures }: StreamConsumerProps,
): void {
  consumer.reportsFailuresTo(failures);
  new EventSourceMapping(consumer, 'Stream', {
    target: consumer,
    eventSourceArn: consumer.readsStreamOf(table),
    // LATEST would miss what is written while the mapping is being created.
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: filters.map((pattern) => FilterCriteria.filter(pattern)),
    batchSize,
    parallelizationFactor,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    // Age is what ends an outage for a record: late enough to outlast one, early enough to find the record in the stream
    // by its sequence number. How long Lambda waits between attempts it does not say, so that few of them could be over
    // within minutes; this many only end what fails again and again at once.
    maxRecordAge: Duration.hours(6),
    retryAttempts: 1_000,
    onFailure: { bind: () => ({ destination: failures.queueArn }) },
  });
}
