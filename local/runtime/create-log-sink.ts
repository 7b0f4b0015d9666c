import type { LogSink } from './log-sink.ts';

/** One line of the stream for each line that is written; `log` undefined drops them all. */
export function createLogSink(log: ((line: string) => void) | undefined): LogSink {
  if (!log) return { write: () => undefined };
  return {
    write: (source, line) => {
      for (const part of line.split('\n')) {
        if (part !== '') log(`[${source}] ${part}`);
      }
    },
  };
}
