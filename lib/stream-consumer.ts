import { Duration } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { PregoneroFunction } from './pregonero-function.ts';

export interface StreamConsumerProps {
  readonly table: TableV2;
  /** Event pattern; what does not match never reaches the function. */
  readonly filter: Readonly<Record<string, unknown>>;
  /** Told which stretch of the stream was given up. */
  readonly failures: Queue;
}

/**
 * Feeds the stream of a table to a function: in order, with retries that end, so that nothing blocks the stream for
 * its whole 24 hours. Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export function consumeStream(
  consumer: PregoneroFunction,
  { table, filter, failures }: StreamConsumerProps,
): void {
  consumer.reportsFailuresTo(failures);
  new EventSourceMapping(consumer, 'Stream', {
    target: consumer,
    eventSourceArn: consumer.readsStreamOf(table),
    // LATEST would miss what is written while the mapping is being created.
    startingPosition: StartingPosition.TRIM_HORIZON,
    filters: [FilterCriteria.filter(filter)],
    batchSize: 100,
    // Above 1, order holds per row only: of two notifications of a channel the later one could come first.
    parallelizationFactor: 1,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 10,
    // Late enough to outlast an outage, early enough to find the records in the stream by their sequence numbers.
    maxRecordAge: Duration.hours(6),
    onFailure: { bind: () => ({ destination: failures.queueArn }) },
  });
}
