import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { MAX_SOCKETS, REQUEST_TIMEOUT_IN_MILLISECONDS } from './stage.ts';

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
