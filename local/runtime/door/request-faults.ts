import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from '../aws-answer.ts';
import type { Faults } from '../faults.ts';
import type { Verified } from './verify-signature.ts';

/** `DynamoDB_20120810.Query` → `Query`; `@connections` has its operations in the method. */
export function operationOf(request: IncomingMessage, service: string): string {
  if (service === 'execute-api') return managementOperations[request.method ?? ''] ?? 'Unknown';
  const target = String(request.headers['x-amz-target'] ?? '');
  return target.slice(target.indexOf('.') + 1);
}

const managementOperations: Readonly<Record<string, string>> = {
  POST: 'PostToConnection',
  GET: 'GetConnection',
  DELETE: 'DeleteConnection',
};

/**
 * Does to an admitted request what the faults say.
 * @throws AwsError instead of serving it, in the words of the service: errors that its SDK retries.
 */
export async function injectFault(
  faults: Faults,
  { caller, service }: Pick<Verified, 'caller' | 'service'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const fault = faults.requestFault({
    caller: caller.name,
    service,
    operation: operationOf(request, service),
  });
  if (!fault) return;
  switch (fault.kind) {
    case 'throttle':
      throw throttles[service] ?? new AwsError('ThrottlingException', 'Rate exceeded');
    case 'server-error':
      throw (
        serverErrors[service] ??
        new AwsError('InternalServiceError', 'An error occurred on the server side.', 500)
      );
    case 'latency':
      await sleep(fault.milliseconds);
      return;
    case 'lost-response':
      loseResponse(response);
      return;
  }
}

const throttles: Readonly<Record<string, AwsError>> = {
  dynamodb: new AwsError(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  ),
  sqs: new AwsError('RequestThrottled', 'Request is throttled.', 403),
  'execute-api': new AwsError('LimitExceededException', 'Too Many Requests', 429),
};

const serverErrors: Readonly<Record<string, AwsError>> = {
  dynamodb: new AwsError(
    'InternalServerError',
    'The request processing has failed because of an unknown error.',
    500,
  ),
  'execute-api': new AwsError('InternalServerErrorException', 'Internal server error', 500),
};

/** Whatever is answered is dropped, and the socket with it once the answer would have been complete. */
function loseResponse(response: ServerResponse): void {
  response.writeHead = () => response;
  response.write = () => true;
  response.end = () => {
    response.socket?.destroy();
    return response;
  };
}
