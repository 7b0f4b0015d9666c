import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The client all stores of a function share. Region, credentials and endpoint come from the environment as the SDK
 * reads it. A request that hangs is given up after seconds, not after the two minutes of the socket, so that the SDK's
 * own three attempts fit into an invocation.
 */
export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
}
