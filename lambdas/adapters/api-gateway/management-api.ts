import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionGateway, PostOutcome } from '../../ports/connection-gateway.ts';
import { isNetworkFailure, outcomeOf } from './post-outcome.ts';
import { Semaphore } from './semaphore.ts';
import { MAX_SOCKETS } from './stage.ts';

/**
 * The `@connections` API by the SDK's client, for all that is not posted by the thousand. No more requests are handed to the SDK than there
 * are sockets: it counts the time one waits for a socket as time to connect, and would report a healthy connection as
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

  async post(connectionId: string, frame: string, onBegin?: () => void): Promise<PostOutcome> {
    try {
      await this.#sockets.hold(() => {
        onBegin?.();
        return this.#client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }));
      });
      return 'delivered';
    } catch (error) {
      return outcomeOfError(error);
    }
  }

  async close(connectionId: string): Promise<void> {
    try {
      await this.#sockets.hold(() =>
        this.#client.send(new DeleteConnectionCommand({ ConnectionId: connectionId })),
      );
    } catch (error) {
      if (outcomeOfError(error) !== 'gone') {
        throw error;
      }
    }
  }
}

/** An error that is nobody's outcome, one of our own too, is thrown as it came. */
function outcomeOfError(error: unknown): PostOutcome {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const outcome = outcomeOf($metadata?.httpStatusCode, name);
  if (outcome !== undefined && outcome !== 'delivered') return outcome;
  if (isNetworkFailure(error)) return 'unavailable';
  throw error;
}
