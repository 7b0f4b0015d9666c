/** The callers that stand still, by access key: an execution environment between two events. */
export interface FrozenCallers {
  freeze(accessKeyId: string): void;
  thaw(accessKeyId: string): void;
  /** What to wait for before a request of this caller is served; undefined when it may pass. */
  thawed(accessKeyId: string): Promise<void> | undefined;
}

interface Hold {
  readonly over: Promise<void>;
  readonly end: () => void;
}

export function createFrozenCallers(): FrozenCallers {
  const holds = new Map<string, Hold>();
  return {
    freeze: (accessKeyId) => {
      if (!holds.has(accessKeyId)) holds.set(accessKeyId, hold());
    },
    thaw: (accessKeyId) => {
      holds.get(accessKeyId)?.end();
      holds.delete(accessKeyId);
    },
    thawed: (accessKeyId) => holds.get(accessKeyId)?.over,
  };
}

function hold(): Hold {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { over, end: () => end() };
}
