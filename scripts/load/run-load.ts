import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { channelOfTenant, clientUrl, type Deployment } from '../verify/deployment.ts';
import type { NotificationWriter } from '../verify/notification-writer.ts';
import type { LoadNotification, Opening, Reception } from './client-messages.ts';
import { ClientProcesses } from './client-processes.ts';
import type { LoadOptions } from './load-options.ts';
import type { Usage } from './process-tree.ts';

/** How long the last notification may take. */
const PATIENCE_IN_MS = 30_000;
/** The connections are left alone for so long, to see what they cost then. */
const IDLE_IN_MS = 10_000;
/** Until what the opening has left to do is done: environments that are ended, garbage. */
const SETTLING_IN_MS = 5_000;

export interface LoadResult {
  readonly opening: Opening & { readonly seconds: number };
  readonly reception: Reception & { readonly seconds: number };
  readonly written: number;
  readonly expected: number;
  /** Of the execution, where it can be told: before the first connection, and at the end of each phase. */
  readonly usage?: Readonly<Record<Phase, Usage>>;
  readonly idleSeconds: number;
}

type Phase = 'before' | 'opened' | 'settled' | 'idle' | 'delivered';

export interface Load {
  readonly deployment: Deployment;
  readonly secret: string;
  readonly writer: NotificationWriter;
  readonly options: LoadOptions;
  /** What the deployment's own processes have used until now; undefined where they are not known. */
  readonly usage: () => Usage | undefined;
  readonly say: (line: string) => void;
}

/** Opens, waits, writes, counts. */
export async function runLoad({
  deployment,
  secret,
  writer,
  options,
  usage,
  say,
}: Load): Promise<LoadResult> {
  const { connections, seconds, connectionsPerSecond } = options;
  const run = randomBytes(4).toString('hex');
  const channels = Array.from({ length: options.channels }, (_, index) =>
    channelOfTenant(deployment, `load-${run}-${index + 1}`),
  );
  const clients = new ClientProcesses({
    url: clientUrl(deployment, deployment.appKey),
    appKey: deployment.appKey,
    appSecret: secret,
    channels: Array.from({ length: connections }, (_, index) => channels[index % channels.length] ?? ''),
    connectionsPerSecond,
  });
  const usages: Partial<Record<Phase, Usage>> = {};
  const look = (phase: Phase): void => {
    const used = usage();
    if (used) usages[phase] = used;
  };

  try {
    look('before');
    const openingBegan = performance.now();
    const opening = await clients.open((subscribed) =>
      say(`${subscribed} of ${connections} are subscribed after ${secondsSince(openingBegan).toFixed(0)} s`),
    );
    const openingSeconds = secondsSince(openingBegan);
    look('opened');

    await sleep(SETTLING_IN_MS);
    look('settled');
    const idleBegan = performance.now();
    await sleep(IDLE_IN_MS);
    look('idle');
    const idleSeconds = secondsSince(idleBegan);

    say(`writing ${options.notificationsPerSecond} notifications a second for ${seconds} s`);
    const deliveryBegan = performance.now();
    const written = await write(writer, channels, options);
    const reception = await clients.receive(written, PATIENCE_IN_MS);
    look('delivered');
    return {
      opening: { ...opening, seconds: openingSeconds },
      reception: { ...reception, seconds: secondsSince(deliveryBegan) },
      written: [...written.values()].reduce((sum, count) => sum + count, 0),
      expected: channels.reduce(
        (sum, channel, index) =>
          sum + (written.get(channel) ?? 0) * shareOf(index, connections, channels.length),
        0,
      ),
      idleSeconds,
      ...(usages.before && { usage: usages as Record<Phase, Usage> }),
    };
  } finally {
    await clients.end();
  }
}

/** In turn to each channel, each at its time, whether the one before it has been written or not. Resolves with how many, by channel. */
async function write(
  writer: NotificationWriter,
  channels: readonly string[],
  { notificationsPerSecond, seconds }: LoadOptions,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const total = Math.max(1, Math.round(notificationsPerSecond * seconds));
  const began = performance.now();
  const writes: Promise<unknown>[] = [];
  for (let index = 0; index < total; index += 1) {
    await sleep(Math.max(0, began + (index * 1000) / notificationsPerSecond - performance.now()));
    const channel = channels[index % channels.length] ?? '';
    const number = counts.get(channel) ?? 0;
    counts.set(channel, number + 1);
    const data: LoadNotification = {
      number,
      at: performance.timeOrigin + performance.now(),
      first: index === 0,
    };
    writes.push(writer.write(channel, data));
  }
  await Promise.all(writes);
  return counts;
}

/** How many of the connections are on the channel of that index. */
function shareOf(index: number, connections: number, channels: number): number {
  return Math.floor(connections / channels) + (index < connections % channels ? 1 : 0);
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
