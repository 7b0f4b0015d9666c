import type { StreamRecord } from '../tables.ts';
import { MAX_PAYLOAD_BYTES, type StreamSettings } from './event-source-settings.ts';

/** `{"Records":[]}` and a comma for each record. */
const ENVELOPE_BYTES = 14;
const SEPARATOR_BYTES = 1;

export interface BufferedRecord {
  readonly record: StreamRecord;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
}

/**
 * Records that have been read and passed the filter, until they make a batch: when there are enough of them, when they
 * fill a payload, or when the batching window is over.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching
 */
export class StreamBuffer {
  readonly #batchSize: number;
  readonly #windowInMilliseconds: number;
  #records: BufferedRecord[] = [];
  #windowEndsAt = 0;

  constructor(settings: Pick<StreamSettings, 'batchSize' | 'batchingWindowInSeconds'>, timeScale: number) {
    this.#batchSize = settings.batchSize;
    this.#windowInMilliseconds = settings.batchingWindowInSeconds * 1000 * timeScale;
  }

  get size(): number {
    return this.#records.length;
  }

  add(records: readonly StreamRecord[], now: number): void {
    if (records.length > 0 && this.#records.length === 0)
      this.#windowEndsAt = now + this.#windowInMilliseconds;
    for (const record of records) {
      this.#records.push({
        record,
        bytes: Buffer.byteLength(JSON.stringify(record)) + SEPARATOR_BYTES,
        arrivedAt: arrivalOf(record, now),
      });
    }
  }

  /** The next batch, if it is time for one. */
  take(now: number): readonly BufferedRecord[] | undefined {
    const count = this.#fitting();
    const isFull = count === this.#batchSize || count < this.#records.length;
    if (count === 0 || (!isFull && now < this.#windowEndsAt)) return undefined;
    const batch = this.#records.slice(0, count);
    this.#records = this.#records.slice(count);
    this.#windowEndsAt = now + this.#windowInMilliseconds;
    return batch;
  }

  /** How many records make a batch: as many as are allowed, and as fit; a single one always does. */
  #fitting(): number {
    let bytes = ENVELOPE_BYTES;
    let count = 0;
    for (const record of this.#records) {
      bytes += record.bytes;
      if (count === this.#batchSize || (count > 0 && bytes > MAX_PAYLOAD_BYTES)) break;
      count += 1;
    }
    return count;
  }
}

/** Records tell the second of their creation only: one that was written within this second or the last arrives now. */
function arrivalOf(record: StreamRecord, now: number): number {
  const secondsAgo = Math.floor(now / 1000) - record.dynamodb.ApproximateCreationDateTime;
  return now - Math.max(0, secondsAgo - 1) * 1000;
}
