import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { composeRest } from '../composition/rest.ts';
import { type HttpAnswer, healthAnswer } from '../protocol/http-answer.ts';
import type { PublishRequest } from '../use-cases/publish-events.ts';
import { bodyOf, httpResult } from './events/http-event.ts';

/** `POST /apps/{appId}/events` and `GET /up`; API Gateway answers every other route with 404. */
export const restHandler =
  (publish: (request: PublishRequest) => Promise<HttpAnswer>) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { method } = event.requestContext.http;
    if (event.rawPath === '/up') {
      return httpResult(healthAnswer);
    }
    const answer = await publish({
      method,
      path: event.rawPath,
      // The signature is over the parameters as they were sent; the parsed ones have duplicates joined.
      query: event.rawQueryString,
      appId: event.pathParameters?.appId ?? '',
      body: bodyOf(event),
    });
    return httpResult(answer);
  };

export const handler = restHandler(composeRest());
