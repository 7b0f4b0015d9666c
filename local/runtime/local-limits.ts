import { availableParallelism } from 'node:os';

/**
 * AWS's own limits, with AWS's own values where no comment says otherwise; a test may shrink them. Milliseconds and bytes.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export interface LocalLimits {
  /** A WebSocket without a data message in either direction. */
  readonly idleTimeout: number;
  /** A WebSocket whatever its traffic. */
  readonly connectionDuration: number;
  /** How long a post is answered 410 after `$connect` has returned. */
  readonly establishDelay: number;
  readonly maxMessageBytes: number;
  readonly maxFrameBytes: number;
  /** Integrations of WebSocket APIs and authorizers. */
  readonly integrationTimeout: number;
  /** Integrations of HTTP APIs. */
  readonly httpIntegrationTimeout: number;
  /** Requests, messages and posts a second, and the burst bucket, of the account. */
  readonly accountRate: number;
  readonly accountBurst: number;
  /** New WebSocket connections a second, of the account. */
  readonly connectionRate: number;
  /** What a slow client may leave unread before a post to it is answered 429. AWS names no number. */
  readonly clientBufferBytes: number;
  /** A WebSocket through CloudFront without a byte from its origin. */
  readonly edgeIdleTimeout: number;
  /** Of all functions of the account together. */
  readonly concurrentExecutions: number;
  /** Loading of a function's module, before the first event. */
  readonly initTimeout: number;
  /**
   * Workers of one function. Not a limit of AWS, which has as many environments as concurrency allows: a laptop has
   * not, so that further events wait their turn.
   */
  readonly environmentsPerFunction: number;
  /**
   * Workers that load their module at the same time, of all functions. Not a limit of AWS either, where each has a processor of its
   * own: here they would take it from all that is running. Above 1, for a module may call another function while it loads.
   */
  readonly environmentsStartedAtOnce: number;
  /**
   * Between two polls of a stream shard. AWS polls four times a second, which adds up to 250 ms to what a laptop shows; here it
   * is 20 ms, so that measurements are of the code and not of the wait.
   */
  readonly streamPollInterval: number;
  /**
   * Between two sweeps that delete what has passed its time to live. DynamoDB promises "within a few days"; readers
   * must ignore expired items themselves, and a test that wants to see the deletion shrinks this.
   */
  readonly timeToLiveSweepInterval: number;
  /**
   * Multiplies the waits of SQS (delays, visibility, long polls) and of event source mappings (retries, batching
   * windows); above 0, and 1 is real time. What is no wait stays as it is: retention, deduplication, age of records.
   */
  readonly timeScale: number;
}

export const awsLimits: LocalLimits = {
  idleTimeout: 600_000,
  connectionDuration: 7_200_000,
  establishDelay: 5,
  maxMessageBytes: 131_072,
  maxFrameBytes: 32_768,
  integrationTimeout: 29_000,
  httpIntegrationTimeout: 30_000,
  accountRate: 10_000,
  accountBurst: 5_000,
  connectionRate: 500,
  clientBufferBytes: 1_048_576,
  edgeIdleTimeout: 600_000,
  concurrentExecutions: 1_000,
  initTimeout: 10_000,
  environmentsPerFunction: 10,
  environmentsStartedAtOnce: Math.max(2, availableParallelism()),
  streamPollInterval: 20,
  timeToLiveSweepInterval: 60_000,
  timeScale: 1,
};
