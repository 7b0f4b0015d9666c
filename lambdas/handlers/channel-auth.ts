import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { composeChannelAuth } from '../composition/channel-auth.ts';
import type { HttpAnswer } from '../protocol/http-answer.ts';
import type { ChannelAuthRequest } from '../use-cases/authorize-channel.ts';
import { bodyOf, httpResult } from './events/http-event.ts';
import { present } from './events/present.ts';

/** `POST` and `OPTIONS /broadcasting/auth`. */
export const channelAuthHandler =
  (authorize: (request: ChannelAuthRequest) => Promise<HttpAnswer>) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { origin, authorization, ...headers } = event.headers;
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
