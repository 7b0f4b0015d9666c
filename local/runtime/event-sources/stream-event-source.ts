import type { StreamPosition, StreamRecord } from '../tables.ts';
import type { World } from '../world.ts';
import { Backoff } from './backoff.ts';
import type { EventSource, StreamSettings } from './event-source-settings.ts';
import { pause } from './pause.ts';
import { pollWith } from './polling.ts';
import { laneOf, StreamLane } from './stream-lane.ts';

/** Records that one read gives at most. Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const PAGE_SIZE = 1_000;

/**
 * A mapping of a DynamoDB stream. Looks at once where the stream stands, so that `LATEST` means
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

/** Reads ahead while batches are with the function, but not further than a page for each lane. */
async function follow(
  world: World,
  settings: StreamSettings,
  from: StreamPosition | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { streamPollInterval, timeScale } = world.limits;
  const lanes = Array.from(
    { length: settings.parallelizationFactor },
    () => new StreamLane(world, settings, signal),
  );
  const backoff = new Backoff(timeScale);
  let position = from;

  while (!signal.aborted) {
    const polledAt = Date.now();
    let mayGoOn = false;
    try {
      if (lanes.every(({ waiting }) => waiting < PAGE_SIZE)) {
        const page = await world.tables.readStream(settings.streamArn, position, PAGE_SIZE);
        position = page.position;
        // Records that are filtered out are consumed all the same.
        distribute(page.records.filter(settings.filter), lanes, page.shardId);
        mayGoOn = page.records.length >= PAGE_SIZE;
      }
      backoff.reset();
    } catch (error) {
      if (signal.aborted) break;
      world.logs.write('stream', `${settings.streamArn}: ${String(error)}`);
      await backoff.wait(signal);
    }
    for (const lane of lanes) lane.advance();
    if (!mayGoOn) await pause(Math.max(0, polledAt + streamPollInterval - Date.now()), signal);
  }
  await Promise.all(lanes.map((lane) => lane.rest()));
}

function distribute(records: readonly StreamRecord[], lanes: readonly StreamLane[], shardId: string): void {
  const shares = lanes.map((): StreamRecord[] => []);
  for (const record of records) shares[laneOf(record, lanes.length)]?.push(record);
  for (const [index, lane] of lanes.entries()) lane.add(shares[index] ?? [], shardId);
}
