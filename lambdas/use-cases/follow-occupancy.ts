import type { ChannelShards } from '../ports/channel-shards.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { OccupancyStore } from '../ports/occupancy-store.ts';
import type { Absence, PresenceStore } from '../ports/presence-store.ts';
import type { GraceSchedule } from '../ports/queues.ts';
import { recent } from '../protocol/recent.ts';
import { forEachBounded } from './bounded.ts';
import { lanesOf } from './lanes.ts';

/** What the stream of the Connections table says about who is on a channel. */
export type OccupancyChange = {
  readonly eventId: string;
  readonly sequenceNumber: string;
} & (
  | { readonly kind: 'absence'; readonly absence: Absence }
  /** One of the numbers has changed that together are the number of its subscriptions: to `count`. */
  | CountChange
);

interface CountChange {
  readonly kind: 'count';
  readonly channel: string;
  readonly count: number;
}

/** Channels are fitted with shards at each hundred of one of their numbers: small ones never. The filter in `lib/occupancy.ts` wakes the function then. */
export const FITTED_AT_EACH = 100;

const SETTLED_AT_ONCE = 20;
const REMEMBERED_CHANGES = 10_000;

/** One thing to do, and the changes that it is done for, in their order. */
interface Task {
  readonly changes: readonly OccupancyChange[];
  readonly settle: () => Promise<void>;
}

/**
 * The occupancy function: of a member without a connection it sees to it that it is looked at again when the grace is over; of a channel
 * whose count has changed, that it is settled who listens, once for all changes of a batch, since what counts is what is there now, and that
 * its subscriptions are spread over as many shards as they need. Resolves to the sequence numbers of the changes that have to come again. What was done is remembered: a wake too many does no harm, but costs.
 */
export const followOccupancy = (deps: {
  /** The verb of {@link file://./settle-occupancy.ts}. */
  readonly settle: (channel: string) => Promise<void>;
  /** The verb of {@link file://./tell-subscription-count.ts}. */
  readonly countChanged: (channel: string) => Promise<void>;
  readonly occupancy: OccupancyStore;
  readonly shards: ChannelShards;
  readonly presence: PresenceStore;
  readonly grace: GraceSchedule;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly graceInSeconds: number };
}) => {
  const { clock, grace, logger, occupancy, presence, shards } = deps;
  const { graceInSeconds } = deps.settings;
  const done = recent<true>(REMEMBERED_CHANGES);

  return async (changes: readonly OccupancyChange[]): Promise<readonly string[]> => {
    const failed: string[] = [];
    const news = changes.filter(({ eventId }) => !done.get(eventId));
    await forEachBounded(tasksOf(news), SETTLED_AT_ONCE, async ({ changes, settle }) => {
      try {
        await settle();
        for (const { eventId } of changes) done.set(eventId, true);
      } catch (error) {
        logger.error('occupancy-change-failed', error, { changes: changes.length });
        failed.push(...changes.map(({ sequenceNumber }) => sequenceNumber));
      }
    });
    return failed;
  };

  function tasksOf(changes: readonly OccupancyChange[]): readonly Task[] {
    const counts = changes.filter((change) => change.kind === 'count');
    return [
      ...changes.flatMap((change) =>
        change.kind === 'absence' ? [{ changes: [change], settle: () => leave(change.absence) }] : [],
      ),
      ...[...lanesOf(counts, ({ channel }) => channel)].flatMap((own) => {
        const channel = own[0]?.channel;
        return channel === undefined ? [] : [{ changes: own, settle: () => follow(channel, own) }];
      }),
    ];
  }

  async function follow(channel: string, changes: readonly CountChange[]): Promise<void> {
    await deps.settle(channel);
    // After that: who is told how many there are has to be there.
    await deps.countChanged(channel);
    if (changes.some(({ count }) => count > 0 && count % FITTED_AT_EACH === 0)) {
      await shards.fit(channel, (await occupancy.countsOf(channel)).subscriptions);
    }
  }

  async function leave(absence: Absence): Promise<void> {
    if (graceInSeconds === 0) {
      await presence.depart(absence);
      return;
    }
    // The grace has begun when the member left, not when that was read from the stream.
    const over = absence.since + graceInSeconds * 1000;
    await grace.schedule({ kind: 'absence', ...absence }, Math.max(0, over - clock.now()) / 1000);
  }
};
