import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { composeRest } from '../composition/rest.ts';
import type { HttpAnswer } from '../protocol/http-answer.ts';
import type { RestRequest } from '../use-cases/answer-rest-request.ts';
import { bodyOf, httpResult } from './events/http-event.ts';
import { present } from './events/present.ts';

/** Every path but those of the channel authorization. */
export const restHandler =
  (answer: (request: RestRequest) => Promise<HttpAnswer>) =>
  async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const { origin, ...headers } = event.headers;
    return httpResult(
      await answer({
        method: event.requestContext.http.method,
        // Decoded by API Gateway, whatever its name says. Source: https://github.com/fastify/aws-lambda-fastify/issues/169
        path: event.rawPath,
        // The signature is over the parameters as they were sent; the parsed ones have duplicates joined.
        query: event.rawQueryString,
        body: bodyOf(event),
        ...present({
          origin,
          requestedHeaders: headers['access-control-request-headers'],
          idempotencyKey: headers['idempotency-key'] || headers['x-idempotency-key'] || undefined,
        }),
      }),
    );
  };

export const handler = restHandler(composeRest());
