type Step = () => Promise<void> | void;

/** What begins once everything exists, and what has to end. */
export interface Lifecycle {
  onStart(start: Step): void;
  onStop(stop: Step): void;
  start(): Promise<void>;
  /** Ends everything, last registered first, even when an ending fails; throws what failed. Idempotent. */
  stop(): Promise<void>;
}

export function createLifecycle(): Lifecycle {
  const starts: Step[] = [];
  const stops: Step[] = [];
  let stopped: Promise<void> | undefined;

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
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}
