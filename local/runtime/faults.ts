/** A request at the door, as a fault sees it. */
export interface FaultTarget {
  /** Name of the calling function, or `operator`. */
  readonly caller: string;
  /** `dynamodb`, `sqs`, `secretsmanager`, `execute-api`. */
  readonly service: string;
  /** `Query`, `SendMessage`, `PostToConnection`, … */
  readonly operation: string;
}

/** What happens to a request instead of, before or after its being served. */
export type RequestFault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** Served, but the caller sees a broken socket: it cannot know that it was served. */
  | { readonly kind: 'lost-response' };

export type BatchFault =
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'delay'; readonly milliseconds: number };

/** `before`: dies before its handler runs; `after`: dies when it has done its work and before it answers. */
export type InvocationFault = { readonly kind: 'crash'; readonly when: 'before' | 'after' };

/**
 * Failures on purpose. Each `on…` registers a rule and returns how to take it back; the first rule that answers with a
 * fault decides. Rules are plain functions, so that a test can count and roll dice as it likes.
 */
export interface Faults {
  onRequest(rule: (target: FaultTarget) => RequestFault | undefined): () => void;
  onBatch(rule: (source: { functionName: string; sourceArn: string }) => BatchFault | undefined): () => void;
  onInvocation(rule: (functionName: string, event: unknown) => InvocationFault | undefined): () => void;
  /** True loses the `$disconnect` of that connection. */
  onDisconnect(rule: (connectionId: string) => boolean): () => void;
  requestFault(target: FaultTarget): RequestFault | undefined;
  batchFault(source: { functionName: string; sourceArn: string }): BatchFault | undefined;
  invocationFault(functionName: string, event: unknown): InvocationFault | undefined;
  losesDisconnect(connectionId: string): boolean;
}
