import type { RecordFilter } from './filter-criteria.ts';

/** What both kinds of mapping say, complete and checked. */
interface CommonSettings {
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowInSeconds: number;
  readonly filter: RecordFilter;
  /** `FunctionResponseTypes: ["ReportBatchItemFailures"]` */
  readonly reportsItemFailures: boolean;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
export interface StreamSettings extends CommonSettings {
  readonly streamArn: string;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Batches of a shard that are with the function at once. */
  readonly parallelizationFactor: number;
  readonly bisectsBatchOnError: boolean;
  /** Infinity: for as long as the record exists. */
  readonly maximumRetryAttempts: number;
  /** Infinity: for as long as the record exists. */
  readonly maximumRecordAgeInSeconds: number;
  /** Standard queue that is told what was discarded. */
  readonly onFailureQueueArn?: string;
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
export interface QueueSettings extends CommonSettings {
  readonly queueArn: string;
  readonly maximumConcurrency?: number;
}

/** Bytes of one event. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** A mapping that polls. */
export interface EventSource {
  start(): void;
  /** Polls no more, and waits a little for the batches that are with the function. */
  stop(): Promise<void>;
}
