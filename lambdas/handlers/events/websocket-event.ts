/**
 * What API Gateway hands over on the routes of a WebSocket API. `@types/aws-lambda` knows neither the headers of
 * `$connect` nor the authorizer's context.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export interface WebSocketEvent extends Handshake {
  readonly requestContext: {
    readonly connectionId: string;
    /** Epoch milliseconds. */
    readonly connectedAt: number;
    /** Epoch milliseconds at which API Gateway took what this event is about. */
    readonly requestTimeEpoch: number;
    readonly identity?: { readonly sourceIp?: string };
    /** What the authorizer returned as context, on every route of the connection; all values are strings here. */
    readonly authorizer?: Readonly<Record<string, unknown>>;
  };
  /** On `$default` only. */
  readonly body?: string;
}

/**
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export interface AuthorizerEvent extends Handshake {
  /** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/$connect` */
  readonly methodArn: string;
}

/** On `$connect` and to its authorizer only; header names keep the case in which they were sent. */
interface Handshake {
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>>;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
}

/** All lines of a header, joined as HTTP allows it; undefined when none was sent. Source: RFC 9110 section 5.3. */
export function headerOf(handshake: Handshake, name: string): string | undefined {
  const lines = Object.entries(handshake.multiValueHeaders ?? {})
    .filter(([sent]) => sent.toLowerCase() === name)
    .flatMap(([, values]) => values ?? []);
  return lines.length === 0 ? undefined : lines.join(', ');
}
