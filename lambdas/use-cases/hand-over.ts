import type { DeliveryProgress } from '../ports/delivery-progress.ts';
import type { Logger } from '../ports/logger.ts';
import type { DeliveryQueue, ShardDelivery } from '../ports/queues.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';

/** An entry for whoever is in a channel, or for one of them alone. */
export interface HandOver extends Omit<ShardDelivery, 'shard' | 'only'> {
  readonly only?: { readonly connectionId: string; readonly shard: number };
}

/**
 * Hands an entry over to those who post to large audiences, shard by shard. Noted first that it is queued: what comes next, perhaps to fewer, could
 * overtake an entry of which nobody knows yet. Throws when that cannot be noted, or a shard's part cannot be queued; done again, each shard
 * gets it once all the same. `too-large` when API Gateway does not carry a frame: where it is posted, nobody has its row any more.
 */
export const handOver = (deps: {
  readonly deliveries: DeliveryQueue;
  readonly progress: DeliveryProgress;
  readonly logger: Logger;
}) => {
  return async ({ only, ...entry }: HandOver): Promise<'done' | 'too-large'> => {
    const { channel, kind, notificationId, sequenceNumber, storedAt, frames, except } = entry;
    if (frames.some((frame) => Buffer.byteLength(frame) > MAX_FRAME_BYTES)) return 'too-large';
    const spread = await deps.progress.noteQueued(channel, sequenceNumber);
    const shards = only === undefined ? Array.from({ length: spread }, (_, shard) => shard) : [only.shard];
    const delivery = {
      channel,
      kind,
      notificationId,
      sequenceNumber,
      ...(storedAt !== undefined && { storedAt }),
      frames,
      ...(except !== undefined && { except }),
      ...(only !== undefined && { only: only.connectionId }),
    };
    await deps.deliveries.enqueue(shards.map((shard) => ({ ...delivery, shard })));
    deps.logger.info('entry-handed-over', { kind, channel, notificationId, shards: shards.length });
    return 'done';
  };
};
