import { createHash } from 'node:crypto';
import type { StreamRecord } from '../tables.ts';
import type { World } from '../world.ts';
import { Backoff } from './backoff.ts';
import type { StreamSettings } from './event-source-settings.ts';
import { type BufferedRecord, StreamBuffer } from './stream-buffer.ts';
import { deliverStreamBatch } from './stream-delivery.ts';

/**
 * A lane of a shard: as many as the parallelization factor says run side by side, each with one batch at a time with the
 * function. What fails in a lane holds up that lane.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export class StreamLane {
  readonly #world: World;
  readonly #settings: StreamSettings;
  readonly #signal: AbortSignal;
  readonly #buffer: StreamBuffer;
  readonly #backoff: Backoff;
  #shardId = '';
  /** Taken from the buffer and not done with yet. */
  #batch: readonly BufferedRecord[] | undefined;
  #work: Promise<void> | undefined;

  constructor(world: World, settings: StreamSettings, signal: AbortSignal) {
    this.#world = world;
    this.#settings = settings;
    this.#signal = signal;
    this.#buffer = new StreamBuffer(settings, world.limits.timeScale);
    this.#backoff = new Backoff(world.limits.timeScale);
  }

  /** Records that have been read and are in no batch yet. */
  get waiting(): number {
    return this.#buffer.size;
  }

  add(records: readonly StreamRecord[], shardId: string): void {
    this.#buffer.add(records, Date.now());
    this.#shardId = shardId;
  }

  /** Delivers the batches for which it is time, unless it is at it already. */
  advance(): void {
    this.#work ??= this.#deliver().finally(() => {
      this.#work = undefined;
    });
  }

  /** Resolves once no batch is with the function any more. */
  async rest(): Promise<void> {
    await this.#work;
  }

  async #deliver(): Promise<void> {
    while (!this.#signal.aborted) {
      this.#batch ??= this.#buffer.take(Date.now());
      if (this.#batch === undefined) return;
      try {
        await deliverStreamBatch(this.#world, this.#settings, this.#shardId, this.#batch, this.#signal);
        this.#batch = undefined;
        this.#backoff.reset();
      } catch (error) {
        if (this.#signal.aborted) return;
        this.#world.logs.write('stream', `${this.#settings.streamArn}: ${String(error)}`);
        await this.#backoff.wait(this.#signal);
      }
    }
  }
}

/**
 * The lane of a record, one of so many: all changes of an item are in the same. Of two items with the same partition key
 * nothing is promised, so that they are told apart here.
 */
export function laneOf({ dynamodb: { Keys } }: StreamRecord, lanes: number): number {
  if (lanes === 1) return 0;
  const item = JSON.stringify(Object.entries(Keys).sort(([one], [other]) => (one < other ? -1 : 1)));
  return createHash('md5').update(item).digest().readUInt32BE() % lanes;
}
