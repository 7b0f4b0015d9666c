import type { StreamPosition } from '../tables.ts';
import type { World } from '../world.ts';
import { Backoff } from './backoff.ts';
import type { EventSource, StreamSettings } from './event-source-settings.ts';
import { pause } from './pause.ts';
import { pollWith } from './polling.ts';
import { StreamBuffer } from './stream-buffer.ts';
import { deliverStreamBatch } from './stream-delivery.ts';

/** Records that one read gives at most. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const PAGE_SIZE = 1_000;

/**
 * A mapping of a DynamoDB stream, one batch at a time. Looks at once where the stream stands, so that `LATEST` means
 * the time at which the mapping was created; throws when there is no such stream.
 */
export async function createStreamEventSource(world: World, settings: StreamSettings): Promise<EventSource> {
  const position = await startingPosition(world, settings);
  return pollWith([(signal) => follow(world, settings, position, signal)]);
}

async function startingPosition(
  world: World,
  { streamArn, startingPosition }: StreamSettings,
): Promise<StreamPosition | undefined> {
  let page = await world.tables.readStream(streamArn, undefined, PAGE_SIZE);
  if (startingPosition === 'TRIM_HORIZON') return undefined;
  while (page.records.length > 0) {
    page = await world.tables.readStream(streamArn, page.position, PAGE_SIZE);
  }
  return page.position;
}

async function follow(
  world: World,
  settings: StreamSettings,
  from: StreamPosition | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { streamPollInterval, timeScale } = world.limits;
  const buffer = new StreamBuffer(settings, timeScale);
  const backoff = new Backoff(timeScale);
  let position = from;

  while (!signal.aborted) {
    const polledAt = Date.now();
    try {
      const page = await world.tables.readStream(settings.streamArn, position, PAGE_SIZE);
      position = page.position;
      // Records that are filtered out are consumed all the same.
      buffer.add(page.records.filter(settings.filter), Date.now());
      for (let batch = buffer.take(Date.now()); batch && !signal.aborted; batch = buffer.take(Date.now())) {
        await deliverStreamBatch(world, settings, page.shardId, batch, signal);
      }
      backoff.reset();
      if (page.records.length >= PAGE_SIZE) continue;
    } catch (error) {
      if (signal.aborted) return;
      world.logs.write('stream', `${settings.streamArn}: ${String(error)}`);
      await backoff.wait(signal);
    }
    await pause(Math.max(0, polledAt + streamPollInterval - Date.now()), signal);
  }
}
