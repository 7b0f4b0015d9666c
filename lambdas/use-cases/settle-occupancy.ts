import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { NotificationLog } from '../ports/notification-log.ts';
import type { OccupancyStore } from '../ports/occupancy-store.ts';
import type { GraceSchedule } from '../ports/queues.ts';
import type { WebhookQueue } from '../ports/webhook-queue.ts';
import { channelOf, watchlistChannelOf } from '../protocol/channel.ts';

export interface Vacancy {
  readonly channel: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/**
 * Whether anybody listens to a channel, settled after the fact: its counts change in the transactions of those who come and go; that
 * it has become occupied or vacated is noted and told by whoever sees a count reach or leave zero. Counts are told apart by shard, so
 * that one of them says nothing: each time all of them are read.
 *
 * Several may do that for one channel at a time (batches that come twice, both functions), and somebody may come or go between
 * reading the counts and noting what they say. Whoever notes that a channel is occupied therefore reads the counts once more: if
 * everybody has left meanwhile, whoever saw them leave was perhaps earlier, and what it noted has just been overwritten. Whoever notes that it is vacant
 * need not: who comes after that is seen on the stream after that, and whoever came before has taken the mark of emptiness back, and with it
 * the condition for vacating.
 *
 * Everything may be repeated, and each is told at least once: of becoming occupied before it is noted, of being vacated again when
 * the message that vacated it comes a second time.
 */
export const settleOccupancy = (deps: {
  readonly occupancy: OccupancyStore;
  readonly log: NotificationLog;
  readonly grace: GraceSchedule;
  readonly webhooks: WebhookQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: { readonly graceInSeconds: number };
}) => {
  const { grace, log, occupancy, webhooks } = deps;
  const { graceInSeconds } = deps.settings;
  return { settle, settleVacancy };

  /** A count has reached or left zero. */
  async function settle(channel: string): Promise<void> {
    if (await isListenedTo(channel)) {
      await occupy(channel);
      if (await isListenedTo(channel)) return;
    }
    const since = deps.clock.now();
    // Scheduled first: a mark that nobody comes back to would be there for ever. Who comes back before it is set sets it.
    await grace.schedule({ kind: 'vacancy', channel, since }, graceInSeconds);
    await occupancy.empty(channel, since);
  }

  /** The grace of a channel without listeners is over. `isRepeated`: the message comes again, having perhaps vacated the channel before. */
  async function settleVacancy({ channel, since }: Vacancy, isRepeated: boolean): Promise<void> {
    if (await isListenedTo(channel)) return await settle(channel);
    if (await occupancy.vacate(channel, since)) return await tell(channel, 'vacated');
    // Nobody is there, and nobody has noted that: somebody noted the contrary in between. The same time, so that it is found when this is repeated.
    if (await occupancy.empty(channel, since)) {
      return await grace.schedule({ kind: 'vacancy', channel, since }, graceInSeconds);
    }
    if (isRepeated && !(await isListed(channel))) await tell(channel, 'vacated');
  }

  async function occupy(channel: string): Promise<void> {
    const wasListed = await isListed(channel);
    if (!wasListed) await tell(channel, 'occupied');
    const isNew = await occupancy.occupy(channel);
    // Vacated between the two.
    if (isNew && wasListed) await tell(channel, 'occupied');
  }

  async function isListenedTo(channel: string): Promise<boolean> {
    return (await occupancy.countsOf(channel)).subscriptions > 0;
  }

  async function isListed(channel: string): Promise<boolean> {
    return (await occupancy.occupiedOf([channel])).has(channel);
  }

  /** A user's own channel says whether the user is there, and that is for those who watch; the others are for the API. */
  async function tell(channel: string, what: 'occupied' | 'vacated'): Promise<void> {
    const { kind, baseName: userId } = channelOf(channel);
    if (kind.name === 'server-to-user') {
      const name = what === 'occupied' ? 'online' : 'offline';
      await log.enter({ kind: 'watched-user', channel: watchlistChannelOf(userId), name, userId });
    } else {
      await webhooks.publish([{ name: `channel_${what}`, channel }]);
    }
    deps.logger.info('occupancy-settled', { channel, what });
  }
};
