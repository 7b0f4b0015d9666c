import { composeDisconnect } from '../composition/disconnect.ts';
import type { WebSocketEvent } from './events/websocket-event.ts';

/** `$disconnect`: runs after the connection has closed, if it runs at all; nobody reads its answer. */
export const disconnectHandler =
  (close: (connectionId: string) => Promise<void>) =>
  async (event: WebSocketEvent): Promise<{ readonly statusCode: 200 }> => {
    await close(event.requestContext.connectionId);
    return { statusCode: 200 };
  };

export const handler = disconnectHandler(composeDisconnect());
