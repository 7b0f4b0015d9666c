import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway } from '../ports/connection-gateway.ts';
import type { ConnectionStore } from '../ports/connection-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { DeadLetterQueue, RetryQueue } from '../ports/queues.ts';
import type { Random } from '../ports/random.ts';
import type { SubscriptionStore } from '../ports/subscription-store.ts';
import { outlivesConnections } from '../protocol/connection-lifetime.ts';
import { type RowReading, readNotificationRow } from '../protocol/notification-row.ts';
import { forEachBounded } from './bounded.ts';
import { type Broadcast, broadcastNotification } from './broadcast-notification.ts';
import { lanesOf } from './lanes.ts';
import { recent } from './recent.ts';

/** A new row of the Notifications table, as the stream has it. */
export interface NotificationRecord {
  readonly eventId: string;
  readonly sequenceNumber: string;
  /** Epoch seconds at which the row was written. */
  readonly storedAt?: number;
  /** The new image in DynamoDB JSON, untouched: whether it is a notification is decided here. */
  readonly row: unknown;
}

type Times = Pick<Broadcast, 'notAfter' | 'postBefore'>;

const CHANNELS_AT_ONCE = 10;

/** After this no post is tried again within the invocation: a gateway that is down must not use up the function's time. */
const PATIENCE_IN_MILLISECONDS = 20_000;

/**
 * After this no record is begun and no post either, half of the function's time before its end: what is done by then is done,
 * and does not come again with what is left. The rest of that time is for what is under way and has to be queued.
 */
const WORKING_TIME_IN_MILLISECONDS = 60_000;

const REMEMBERED_RECORDS = 10_000;
const REMEMBERED_INTERRUPTIONS = 100;

/**
 * The broadcast function: every notification to every subscriber of its channel, the notifications of a channel in order, channels
 * side by side. A row that is no notification goes to the dead-letter queue and holds up nobody; one older than any connection
 * is nobody's.
 *
 * Resolves to the sequence numbers of the records that have to come again: whose subscribers could not be read, whose remaining
 * deliveries could not be queued, for which there was no time. The later ones of the same channel have not been touched then.
 * What was done is remembered, so that a batch that comes again to this environment is not sent again to those who have it.
 */
export const fanOut = (deps: {
  readonly subscriptions: SubscriptionStore;
  readonly connections: ConnectionStore;
  readonly gateway: ConnectionGateway;
  readonly retries: RetryQueue;
  readonly deadLetters: DeadLetterQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}) => {
  const { clock, deadLetters, logger } = deps;
  const broadcast = broadcastNotification(deps);
  const done = recent<true>(REMEMBERED_RECORDS);
  /** Of records that were interrupted: who has the notification already. */
  const served = recent<Set<string>>(REMEMBERED_INTERRUPTIONS);

  return async (records: readonly NotificationRecord[]): Promise<readonly string[]> => {
    const now = clock.now();
    const times = {
      notAfter: now + PATIENCE_IN_MILLISECONDS,
      postBefore: now + WORKING_TIME_IN_MILLISECONDS,
    };
    const failed: string[] = [];
    const lanes = lanesOf(
      records.map((record) => ({ record, reading: readNotificationRow(record.row) })),
      // A row that is none has its own lane, which no channel can be named like.
      ({ record, reading }) =>
        'reason' in reading ? `#${record.sequenceNumber}` : reading.notification.channel,
    );
    await forEachBounded(lanes, CHANNELS_AT_ONCE, async (lane) => {
      for (const { record, reading } of lane) {
        if (await isHandled(record, reading, times)) continue;
        failed.push(record.sequenceNumber);
        return;
      }
    });
    return failed;
  };

  async function isHandled(record: NotificationRecord, reading: RowReading, times: Times): Promise<boolean> {
    const { sequenceNumber } = record;
    if (clock.now() >= times.postBefore) {
      logger.warn('broadcast-postponed', { sequenceNumber });
      return false;
    }
    try {
      await handle(record, reading, times);
      return true;
    } catch (error) {
      logger.error('broadcast-interrupted', error, { sequenceNumber });
      return false;
    }
  }

  async function handle(
    { eventId, sequenceNumber, storedAt, row }: NotificationRecord,
    reading: RowReading,
    times: Times,
  ): Promise<void> {
    if (done.get(eventId)) return;
    const bury = async (reason: string, place?: string): Promise<void> => {
      logger.warn('row-buried', { sequenceNumber, reason });
      const whole = place === undefined ? reason : `${reason}: ${place}`;
      await deadLetters.bury({ reason: whole, row, sequenceNumber });
    };
    if ('reason' in reading) {
      await bury(reading.reason, reading.place);
    } else if (storedAt !== undefined && outlivesConnections(storedAt, clock.now() / 1000)) {
      const { channel, id: notificationId } = reading.notification;
      logger.warn('notification-outdated', { channel, notificationId, storedAt });
    } else {
      const has = served.get(eventId) ?? new Set();
      served.set(eventId, has);
      const task: Broadcast = {
        ...reading,
        ...times,
        sequenceNumber,
        ...(storedAt !== undefined && { storedAt }),
        served: has,
      };
      if ((await broadcast(task)) === 'too-large')
        await bury('API Gateway refused its frame as too large (413)');
      served.delete(eventId);
    }
    done.set(eventId, true);
  }
};
