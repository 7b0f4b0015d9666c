import { composeMessage } from '../composition/message.ts';
import { identityFromContext } from '../protocol/connection-identity.ts';
import { protocolError } from '../protocol/server-event.ts';
import type { handleClientMessage } from '../use-cases/handle-client-message.ts';
import { present } from './events/present.ts';
import type { WebSocketEvent } from './events/websocket-event.ts';

export interface MessageResult {
  readonly statusCode: 200;
  /** The frame that the route response sends; without it an empty one would be sent. */
  readonly body: string;
}

interface Composition {
  readonly handle: ReturnType<typeof handleClientMessage>;
  readonly logger: Parameters<typeof handleClientMessage>[0]['logger'];
}

/**
 * `$default`. Never throws: API Gateway would tell the client `{"message": "Internal server error", …}`, a frame that no
 * Pusher client knows.
 */
export const messageHandler =
  ({ handle, logger }: Composition) =>
  async (event: WebSocketEvent): Promise<MessageResult> => {
    const { connectionId, connectedAt, requestTimeEpoch, authorizer } = event.requestContext;
    try {
      const identity = identityFromContext(authorizer);
      const body = await handle({
        connectionId,
        connectedAt,
        receivedAt: requestTimeEpoch,
        body: event.body ?? '',
        ...present({ identity }),
      });
      return { statusCode: 200, body };
    } catch (error) {
      logger.error('message-unanswered', error, { connectionId });
      return { statusCode: 200, body: protocolError(4009) };
    }
  };

export const handler = messageHandler(composeMessage());
