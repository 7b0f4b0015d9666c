import type { EventSource } from './event-source-settings.ts';

/** How long a stop waits for the batches that are with the function. */
const PATIENCE_IN_MILLISECONDS = 2_000;

/** Runs loops that end on their signal, as one event source. */
export function pollWith(loops: readonly ((signal: AbortSignal) => Promise<void>)[]): EventSource {
  const controller = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  return {
    start: () => {
      running = Promise.all(loops.map((loop) => loop(controller.signal)));
    },
    stop: async () => {
      controller.abort();
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_IN_MILLISECONDS);
      });
      await Promise.race([running, patience]);
      clearTimeout(timer);
    },
  };
}
