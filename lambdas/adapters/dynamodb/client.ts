import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * The client all stores of a function share. Region, credentials and endpoint come from the environment as the SDK
 * reads it. A request that hangs is given up after two seconds, so that the SDK's own three attempts fit into the ten
 * seconds of an invocation.
 */
export function createDynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
}
