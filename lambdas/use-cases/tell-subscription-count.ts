import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { NotificationLog } from '../ports/notification-log.ts';
import type { OccupancyStore } from '../ports/occupancy-store.ts';
import type { GraceSchedule } from '../ports/queues.ts';
import type { WebhookQueue } from '../ports/webhook-queue.ts';
import { channelOf } from '../protocol/channel.ts';

/**
 * Tells how many listen to a channel, at most once each interval, and in the end the number that it has come to. Not on presence
 * channels, which tell their members, nor on those of users. Source: https://pusher.com/docs/channels/using_channels/events/#pushersubscription_count
 */
export const tellSubscriptionCount = (deps: {
  readonly occupancy: OccupancyStore;
  readonly log: NotificationLog;
  readonly grace: GraceSchedule;
  readonly webhooks: WebhookQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0: never. */
  readonly settings: { readonly subscriptionCountIntervalInSeconds: number };
}) => {
  const { clock, grace, log, logger, occupancy, webhooks } = deps;
  const intervalInMilliseconds = deps.settings.subscriptionCountIntervalInSeconds * 1000;
  return { countChanged, tellCount };

  /** Called when it is settled that the channel is occupied: on one that is not there are no turns. */
  async function countChanged(channel: string): Promise<void> {
    if (intervalInMilliseconds === 0 || !hasCount(channel)) return;
    const turn = await occupancy.takeCountTurn(channel, intervalInMilliseconds);
    if (turn.turn === 'now') await tellCount(channel);
    if (turn.turn === 'later') await tellLater(channel, turn.at);
  }

  async function tellCount(channel: string): Promise<void> {
    const count = Math.max(0, (await occupancy.countsOf(channel)).subscriptions);
    if (count > 0) await log.enter({ kind: 'subscription-count', channel, count });
    await webhooks.publish([{ name: 'subscription_count', channel, subscription_count: count }]);
  }

  /** The turn is taken: were this repeated, everybody would rely on it. So where nobody can be woken, it is told too early. */
  async function tellLater(channel: string, at: number): Promise<void> {
    try {
      await grace.schedule({ kind: 'count', channel }, Math.max(0, at - clock.now()) / 1000);
    } catch (error) {
      logger.error('count-not-scheduled', error, { channel });
      await tellCount(channel);
    }
  }
};

function hasCount(channel: string): boolean {
  const { access, hasMembers } = channelOf(channel).kind;
  return !hasMembers && access !== 'own-user' && access !== 'nobody';
}
