import { SQSClient } from '@aws-sdk/client-sqs';

/** The client all queues of a function share; region, credentials and endpoint come from the environment. */
export function createSqsClient(): SQSClient {
  return new SQSClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}
