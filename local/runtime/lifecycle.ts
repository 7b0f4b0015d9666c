type Step = () => Promise<void> | void;

/** What begins once everything exists, and what has to end. */
export interface Lifecycle {
  onStart(start: Step): void;
  onStop(stop: Step): void;
  start(): Promise<void>;
  /** Ends everything, last registered first, even when an ending fails; throws what failed. Idempotent. */
  stop(): Promise<void>;
  /** Ends everything because of the failure; the first one counts. */
  readonly fail: (failure: Error) => void;
  /** Why everything was ended, unless it was by `stop`. */
  readonly failure: () => Error | undefined;
  /** Resolves once everything has ended, with the failure that was the reason; undefined after a `stop`. */
  readonly ended: Promise<Error | undefined>;
}

export function createLifecycle(): Lifecycle {
  const starts: Step[] = [];
  const stops: Step[] = [];
  let stopped: Promise<void> | undefined;
  let failure: Error | undefined;
  let tellEnd: (failure: Error | undefined) => void;
  const ended = new Promise<Error | undefined>((resolve) => {
    tellEnd = resolve;
  });

  async function stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let stop = stops.pop(); stop; stop = stops.pop()) {
      try {
        await stop();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The local execution did not stop cleanly.');
  }

  function stop(): Promise<void> {
    stopped ??= stopAll().finally(() => tellEnd(failure));
    return stopped;
  }

  return {
    onStart: (start) => {
      starts.push(start);
    },
    onStop: (stop) => {
      stops.push(stop);
    },
    start: async () => {
      for (const start of starts) await start();
    },
    stop,
    fail: (reason) => {
      if (stopped) return;
      failure = reason;
      stop().catch(() => undefined);
    },
    failure: () => failure,
    ended,
  };
}
