import type { ResolvedFunction } from './resolved-function.ts';

/** How an invocation ended. */
export type InvocationResult =
  | { readonly outcome: 'returned'; readonly payload: unknown }
  | {
      /**
       * `error`: the handler threw or could not be loaded; `timeout`: stopped after its time; `crash`: the process
       * ended; `throttled`: no concurrency left, the function was never called.
       */
      readonly outcome: 'error' | 'timeout' | 'crash' | 'throttled';
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: readonly string[];
    };

/** The Lambda service: one event at a time per environment, as many environments as concurrency allows. */
export interface Functions {
  register(definition: ResolvedFunction): void;
  /** By ARN. Throws when there is no such function. `event` is handed over as JSON. Never rejects for what the function does. */
  invoke(functionArn: string, event: unknown): Promise<InvocationResult>;
  get(functionArn: string): ResolvedFunction;
  list(): readonly ResolvedFunction[];
}
