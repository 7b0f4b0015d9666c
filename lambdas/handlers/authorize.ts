import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import { composeAuthorize } from '../composition/authorize.ts';
import { identityToContext } from '../protocol/connection-identity.ts';
import type { Authorization, Credentials } from '../use-cases/authorize-connection.ts';
import { present } from './events/present.ts';
import { type AuthorizerEvent, headerOf } from './events/websocket-event.ts';

/** The REQUEST authorizer of `$connect`: the handshake ends with 101, or with 401 for whoever is not let in. */
export const authorizeHandler =
  (authorize: (credentials: Credentials) => Promise<Authorization>) =>
  async (event: AuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const { token, appKey } = event.queryStringParameters ?? {};
    const subprotocols = headerOf(event, 'sec-websocket-protocol');
    const authorization = await authorize(present({ subprotocols, token, appKey }));
    if (authorization.outcome === 'refused') {
      // Exactly this message makes it 401; any other error is 500, and a Deny would be 403.
      // Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
      throw new Error('Unauthorized');
    }
    const { identity } = authorization;
    return {
      principalId: identity?.user ?? 'app-key',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
      },
      context: identityToContext(identity),
    };
  };

export const handler = authorizeHandler(composeAuthorize());
