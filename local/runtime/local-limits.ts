/**
 * AWS's own limits, with AWS's own values; a test may shrink them. Milliseconds and bytes.
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
  readonly integrationTimeout: number;
  /** Requests, messages and posts a second, and the burst bucket, of the account. */
  readonly accountRate: number;
  readonly accountBurst: number;
  /** Between two polls of a stream shard: AWS polls four times a second. */
  readonly streamPollInterval: number;
  /** Multiplies the waits of SQS (delays, visibility) and of event source mapping retries; 1 is real time. */
  readonly timeScale: number;
}

export const awsLimits: LocalLimits = {
  idleTimeout: 600_000,
  connectionDuration: 7_200_000,
  establishDelay: 5,
  maxMessageBytes: 131_072,
  maxFrameBytes: 32_768,
  integrationTimeout: 29_000,
  accountRate: 10_000,
  accountBurst: 5_000,
  streamPollInterval: 20,
  timeScale: 1,
};
