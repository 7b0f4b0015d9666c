import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { composeChannelAuth } from '../composition/channel-auth.ts';
import type { HttpAnswer } from '../protocol/http-answer.ts';
import type { AuthRequest } from '../use-cases/auth-endpoint.ts';
import { bodyOf, httpResult } from './events/http-event.ts';
import { present } from './events/present.ts';

type Answer = (request: AuthRequest) => Promise<HttpAnswer>;

/** `POST` and `OPTIONS` of `/broadcasting/auth` and of `/broadcasting/user-auth`. */
export const channelAuthHandler =
  ({ authorizeChannel, authorizeUser }: { authorizeChannel: Answer; authorizeUser: Answer }) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { origin, authorization, ...headers } = event.headers;
    const authorize = event.rawPath === '/broadcasting/user-auth' ? authorizeUser : authorizeChannel;
    const answer = await authorize({
      method: event.requestContext.http.method,
      body: bodyOf(event),
      ...present({
        origin,
        authorization,
        requestedHeaders: headers['access-control-request-headers'],
        contentType: headers['content-type'],
      }),
    });
    return httpResult(answer);
  };

export const handler = channelAuthHandler(composeChannelAuth());
