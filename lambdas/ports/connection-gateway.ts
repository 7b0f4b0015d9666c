/**
 * What became of a post to one connection:
 * - `delivered`: API Gateway took it (200);
 * - `gone`: there is no such connection (410), not yet or not any more;
 * - `throttled`: 429, the account's quota or the client's buffer;
 * - `unavailable`: 5xx, a time-out or a broken socket;
 * - `too-large`: 413, the frame exceeds 128 KB; trying again cannot help.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export type PostOutcome = 'delivered' | 'gone' | 'throttled' | 'unavailable' | 'too-large';

/** The `@connections` API of the WebSocket stage: one attempt a call; who calls decides about another. */
export interface ConnectionGateway {
  /**
   * `onBegin` is called when the attempt is under way: no more than so many are at once, or begun in a second, and waiting for its turn is nothing that its
   * connection has to answer for.
   */
  post(connectionId: string, frame: string, onBegin?: () => void): Promise<PostOutcome>;
  /** Closes the connection with code 1000, the only one API Gateway sends. A connection already gone is no error. */
  close(connectionId: string): Promise<void>;
}
