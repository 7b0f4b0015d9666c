/**
 * Remembers the last `capacity` keys, each with a value; what is older is forgotten. The empty key is nobody's name and is
 * never remembered: it would make one thing of all that have no name.
 */
export interface Recent<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/**
 * What an environment knows of the batches it has seen. Streams deliver at least once: a batch that failed in part comes back
 * with records that are done, and most often to the environment that has done them.
 */
export function recent<Value>(capacity: number): Recent<Value> {
  const entries = new Map<string, Value>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      if (key === '') return;
      entries.delete(key);
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
