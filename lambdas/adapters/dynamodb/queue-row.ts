import type { Item } from './paging.ts';

/**
 * Whether an entry still waits in the delivery queue, as the row of the queue in shard 0 says: the latest that went there is not done. Marks
 * sort as the sequence numbers do; of what has never been done it waits.
 */
export function isQueued(row: Item | undefined): boolean {
  return (row?.queued?.S ?? '') > (row?.done?.S ?? '');
}
