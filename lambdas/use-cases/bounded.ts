/**
 * Runs `work` on every item, at most `limit` at once, started in order. When `work` rejects, no further item is started by
 * that worker, and the first rejection is passed on after all have come to rest: nothing goes on behind the caller's back.
 */
export async function forEachBounded<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, worker);
  const rejected = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
}
