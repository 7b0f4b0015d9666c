import type { DeadLetterQueue } from '../ports/queues.ts';
import { type EntryReading, readChannelEntryRow } from '../protocol/channel-entry-row.ts';
import { recent } from '../protocol/recent.ts';
import { forEachBounded } from './bounded.ts';
import { type Broadcast, type BroadcastDependencies, broadcastEntry } from './broadcast-entry.ts';
import { lanesOf } from './lanes.ts';

/** A new row of the Notifications table, as the stream has it. */
export interface NotificationRecord {
  readonly eventId: string;
  readonly sequenceNumber: string;
  /** Epoch seconds at which the row was written. */
  readonly storedAt?: number;
  /** The new image in DynamoDB JSON, untouched: whether it can be broadcast is decided here. */
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
 * The broadcast function: what happened on each channel, in order, to whom it is for, channels side by side. A row that is neither a
 * notification nor an entry of ours goes to the dead-letter queue and holds up nobody.
 *
 * Resolves to the sequence numbers of the records that have to come again: whose subscribers could not be read, whose remaining
 * deliveries or webhooks could not be queued, for which there was no time. The later ones of the same channel have not been touched then.
 * What was done is remembered, so that a batch that comes again to this environment is not sent again to those who have it.
 */
export const fanOut = (deps: BroadcastDependencies & { readonly deadLetters: DeadLetterQueue }) => {
  const { clock, deadLetters, logger } = deps;
  const broadcast = broadcastEntry(deps);
  const done = recent<true>(REMEMBERED_RECORDS);
  /** Of records that were interrupted: who has been told already. */
  const served = recent<Set<string>>(REMEMBERED_INTERRUPTIONS);

  return async (records: readonly NotificationRecord[]): Promise<readonly string[]> => {
    const now = clock.now();
    const times = {
      notAfter: now + PATIENCE_IN_MILLISECONDS,
      postBefore: now + WORKING_TIME_IN_MILLISECONDS,
    };
    const failed: string[] = [];
    const lanes = lanesOf(
      records.map((record) => ({ record, reading: readChannelEntryRow(record.row) })),
      // A row that is none has its own lane, which no channel can be named like.
      ({ record, reading }) =>
        'reason' in reading ? `buried ${record.sequenceNumber}` : `channel ${reading.entry.channel}`,
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

  async function isHandled(
    record: NotificationRecord,
    reading: EntryReading,
    times: Times,
  ): Promise<boolean> {
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
    reading: EntryReading,
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
