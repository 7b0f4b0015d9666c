import type { Functions, InvocationResult } from '../../../local/runtime/functions.ts';
import type { ResolvedFunction } from '../../../local/runtime/resolved-function.ts';

export interface BatchEvent {
  readonly Records: readonly Record<string, unknown>[];
}

/** What a function does with its event; `call` counts from 0. */
export type Script = (event: BatchEvent, call: number) => InvocationResult | Promise<InvocationResult>;

export const returned = (payload: unknown = null): InvocationResult => ({ outcome: 'returned', payload });
export const failed = (outcome: 'error' | 'timeout' | 'crash' = 'error'): InvocationResult => ({
  outcome,
  errorType: 'Error',
  errorMessage: 'as scripted',
});
export const throttled: InvocationResult = {
  outcome: 'throttled',
  errorType: 'TooManyRequestsException',
  errorMessage: 'Rate Exceeded.',
};
export const failedItems = (...itemIdentifiers: unknown[]): InvocationResult =>
  returned({ batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) });

/** Functions that do what a test says, and remember with what they were called. */
export class ScriptedFunctions implements Functions {
  readonly calls: BatchEvent[] = [];
  script: Script = () => returned();
  readonly #functions = new Map<string, ResolvedFunction>();

  register(definition: ResolvedFunction): void {
    this.#functions.set(definition.arn, definition);
  }

  async invoke(functionArn: string, event: unknown): Promise<InvocationResult> {
    this.get(functionArn);
    // As over the wire: whoever keeps the event does not see later changes of it.
    const copy = JSON.parse(JSON.stringify(event)) as BatchEvent;
    this.calls.push(copy);
    return this.script(copy, this.calls.length - 1);
  }

  get(functionArn: string): ResolvedFunction {
    const definition = this.#functions.get(functionArn);
    if (!definition) throw new Error(`There is no function ${functionArn}.`);
    return definition;
  }

  list(): readonly ResolvedFunction[] {
    return [...this.#functions.values()];
  }
}

/** Something that a test lets go on when it wants. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
