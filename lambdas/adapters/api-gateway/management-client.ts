import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';

/** After that long a request counts as not answered. API Gateway answers in tens of milliseconds. */
const REQUEST_TIMEOUT_IN_MILLISECONDS = 3_000;

/** Kept-alive sockets to the stage, and so the most requests that may be under way at once. */
export const MAX_SOCKETS = 128;

/**
 * No endpoint is passed: the SDK takes it from `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`, which the template sets to the
 * callback URL of the stage. One attempt a call: whether another is made is decided by who posts.
 */
export function createManagementClient(options?: {
  /** @default 3000 */
  readonly requestTimeoutInMilliseconds?: number;
  /** @default 128 */
  readonly maxSockets?: number;
}): ApiGatewayManagementApiClient {
  const agent = { keepAlive: true, maxSockets: options?.maxSockets ?? MAX_SOCKETS };
  return new ApiGatewayManagementApiClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: options?.requestTimeoutInMilliseconds ?? REQUEST_TIMEOUT_IN_MILLISECONDS,
      throwOnRequestTimeout: true,
      httpsAgent: agent,
      httpAgent: agent,
    },
  });
}
