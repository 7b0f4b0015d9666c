import type { BatchFault, Faults, FaultTarget, InvocationFault, RequestFault } from './faults.ts';

/** Rules of one kind, asked in order of registration until one answers. */
class Rules<Question extends readonly unknown[], Answer> {
  readonly #rules = new Set<{ readonly ask: (...question: Question) => Answer | undefined }>();

  add(ask: (...question: Question) => Answer | undefined): () => void {
    // A rule registered twice counts twice, and each is taken back on its own.
    const rule = { ask };
    this.#rules.add(rule);
    return () => {
      this.#rules.delete(rule);
    };
  }

  firstAnswer(...question: Question): Answer | undefined {
    for (const rule of this.#rules) {
      const answer = rule.ask(...question);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

/** Keeps the rules; the services ask at the moment at which the fault would strike. */
export function createFaults(): Faults {
  const requests = new Rules<[FaultTarget], RequestFault>();
  const batches = new Rules<[{ functionName: string; sourceArn: string }], BatchFault>();
  const invocations = new Rules<[string, unknown], InvocationFault>();
  const disconnects = new Rules<[string], true>();

  return {
    onRequest: (rule) => requests.add(rule),
    onBatch: (rule) => batches.add(rule),
    onInvocation: (rule) => invocations.add(rule),
    onDisconnect: (rule) => disconnects.add((connectionId) => rule(connectionId) || undefined),
    requestFault: (target) => requests.firstAnswer(target),
    batchFault: (source) => batches.firstAnswer(source),
    invocationFault: (functionName, event) => invocations.firstAnswer(functionName, event),
    losesDisconnect: (connectionId) => disconnects.firstAnswer(connectionId) ?? false,
  };
}
