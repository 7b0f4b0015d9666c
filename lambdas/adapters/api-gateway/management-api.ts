import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionGateway, PostOutcome } from '../../ports/connection-gateway.ts';
import { MAX_SOCKETS } from './management-client.ts';
import { Semaphore } from './semaphore.ts';

/**
 * The one place where answers of the `@connections` API become outcomes of the port. No more requests are handed to the SDK than
 * there are sockets: it counts the time one waits for a socket as time to connect, and would report a healthy connection as
 * unavailable because others are slow.
 */
export class ManagementApiGateway implements ConnectionGateway {
  readonly #client: ApiGatewayManagementApiClient;
  readonly #sockets: Semaphore;

  /** `maxSockets`: those of the client. */
  constructor(client: ApiGatewayManagementApiClient, maxSockets = MAX_SOCKETS) {
    this.#client = client;
    this.#sockets = new Semaphore(maxSockets);
  }

  async post(connectionId: string, frame: string): Promise<PostOutcome> {
    try {
      await this.#sockets.hold(() =>
        this.#client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame })),
      );
      return 'delivered';
    } catch (error) {
      return outcomeOf(error);
    }
  }

  async close(connectionId: string): Promise<void> {
    try {
      await this.#sockets.hold(() =>
        this.#client.send(new DeleteConnectionCommand({ ConnectionId: connectionId })),
      );
    } catch (error) {
      if (outcomeOf(error) !== 'gone') {
        throw error;
      }
    }
  }
}

/**
 * Names come from a header that API Gateway does not always send, statuses do not tell a throttled from a refused
 * request on other services: either is enough. What is left (403 of a missing grant or a wrong stage, 400, an error of
 * our own) is nobody's outcome and is thrown as it came.
 */
function outcomeOf(error: unknown): PostOutcome {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (name === 'GoneException' || status === 410) {
    return 'gone';
  }
  if (name === 'LimitExceededException' || status === 429) {
    return 'throttled';
  }
  if (name === 'PayloadTooLargeException' || status === 413) {
    return 'too-large';
  }
  if ((status !== undefined && status >= 500) || isNetworkFailure(error)) {
    return 'unavailable';
  }
  throw error;
}

const NETWORK_ERROR_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function isNetworkFailure(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'TimeoutError' || (code !== undefined && NETWORK_ERROR_CODES.has(code));
}
