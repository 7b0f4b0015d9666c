/**
 * What `npm run bench -- store` records in `store.json` beside this file: what each thing that clients and APIs do asks of AWS.
 * Whoever counts costs takes them from there.
 */
export interface StoreFigures {
  /** ISO 8601 date. */
  readonly measuredOn: string;
  readonly operations: Readonly<Record<StoreOperation, OperationFigures>>;
}

/**
 * - `connect`: a Pusher client, until it is greeted
 * - `subscribe`: to a private channel that others are on as well, until it is told so
 * - `unsubscribe`: from it, until nothing is left of the subscription
 * - `disconnect`: of a client with one such subscription, until nothing is left of it
 * - `notification`: a row written by the API, with one listener, until its frame is there
 * - `fanOutOf1000`: the same with 1,000 listeners, until the last one has its frame
 * - `clientEvent`: to one other listener, until its frame is there
 */
export type StoreOperation =
  | 'connect'
  | 'subscribe'
  | 'unsubscribe'
  | 'disconnect'
  | 'notification'
  | 'fanOutOf1000'
  | 'clientEvent';

/** Of one operation, on average: nothing else was going on, so that nothing shared a batch with it. */
export interface OperationFigures {
  /** Read request units of both tables; a strongly consistent read counts 1 for each 4 KB. */
  readonly readUnits: number;
  /** Write request units of both tables, the API's own row included; in a transaction each counts twice. */
  readonly writeUnits: number;
  /** Changes on the streams of both tables, those that filters then drop included. */
  readonly streamRecords: number;
  /** By name of the function, as in `lambdas/handlers`. */
  readonly invocations: Readonly<Record<string, InvocationFigures>>;
  /** Sends, changes of visibility, and a receive and a delete for each batch that a queue hands to a function. */
  readonly sqsRequests: number;
}

export interface InvocationFigures {
  /** Invocations an operation. */
  readonly count: number;
  /** Duration of one, warm, with the memory that the template gives to the function. */
  readonly milliseconds: number;
}
