import { composeConnect } from '../composition/connect.ts';
import { identityFromContext } from '../protocol/connection-identity.ts';
import type { Accepted, Handshake } from '../use-cases/open-connection.ts';
import { present } from './events/present.ts';
import { headerOf, type WebSocketEvent } from './events/websocket-event.ts';

export interface ConnectResult {
  readonly statusCode: 200;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `$connect`: an error thrown here refuses the handshake with 502, and the client dials again. */
export const connectHandler =
  (open: (handshake: Handshake) => Promise<Accepted>) =>
  async (event: WebSocketEvent): Promise<ConnectResult> => {
    const { connectionId, connectedAt, authorizer, identity: caller } = event.requestContext;
    const { subprotocol } = await open({
      connectionId,
      connectedAt,
      ...present({
        appKey: event.queryStringParameters?.appKey,
        origin: headerOf(event, 'origin'),
        forwardedFor: headerOf(event, 'x-forwarded-for'),
        sourceIp: caller?.sourceIp,
        userAgent: headerOf(event, 'user-agent'),
        acceptLanguage: headerOf(event, 'accept-language'),
        subprotocols: headerOf(event, 'sec-websocket-protocol'),
        identity: identityFromContext(authorizer),
      }),
    });
    return subprotocol === undefined
      ? { statusCode: 200 }
      : { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': subprotocol } };
  };

export const handler = connectHandler(composeConnect());
