import { startChild } from '../child.ts';
import type { Heard, Listening } from './listeners-process.ts';

/** Listeners in another process, all of them there. */
export interface Listeners {
  /** When the notification came to the first of them, and to the last. */
  heard(id: string): Promise<Heard>;
  stop(): void;
}

export async function startListeners(listening: Listening): Promise<Listeners> {
  const child = startChild('listening/listeners-process.ts');
  const waiting = new Map<string, (heard: Heard) => void>();
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The listeners ended with code ${code}.`)));
    child.once('message', () => resolve());
    child.send(listening);
  });
  child.on('message', (heard: Heard) => {
    waiting.get(heard.id)?.(heard);
    waiting.delete(heard.id);
  });
  return {
    heard: (id) => new Promise((resolve) => waiting.set(id, resolve)),
    stop: () => {
      child.kill();
    },
  };
}

/** Epoch milliseconds, finer than `Date.now()`; the same in all processes of a machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
