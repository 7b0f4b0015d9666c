import { mkdirSync, writeFileSync } from 'node:fs';
import { ulid } from 'ulid';
import { costOf, prices } from '../scripts/cost/prices.ts';
import { fittedLine } from './fitted-line.ts';
import type { Measurement } from './measurement.ts';
import { type MeasuredDeployment, startMeasuredDeployment } from './metering/measured-deployment.ts';
import { type NotificationTable, notificationTable } from './notifications.ts';
import { type PhantomGateway, startPhantomGateway, subscribePhantoms } from './phantoms.ts';

const AUDIENCES = [10, 100, 1_000, 10_000, 100_000];
const SETTINGS = '.local/bench/settings.json';
const FRAME = { id: 901, amount: 150.5, currency: 'PEN', payer_name: 'Juan Pérez' };
const MEGABYTES_A_GIGABYTE = 1024;
const PATIENCE_IN_MILLISECONDS = 120_000;

interface Figures {
  readonly listeners: number;
  readonly posts: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly sqsRequests: number;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  readonly cpuMilliseconds: number;
}

/**
 * What one notification costs by the number of its listeners: posts, units of both tables, requests to queues, invocations and their duration, at
 * the prices that `npm run cost` counts with. The listeners are rows, see {@link file://./phantom-gateway.ts}. Then the line through
 * them: so much for each notification, and so much for each listener, beside the dollar a million that API Gateway takes for the post alone.
 */
export async function* growth(): AsyncGenerator<Measurement> {
  mkdirSync('.local/bench', { recursive: true });
  writeFileSync(SETTINGS, '{}');
  const unlimited = Number.MAX_SAFE_INTEGER;
  const gateway = await startPhantomGateway({ rate: unlimited, burst: unlimited, latency: 0 });
  const channels = Object.fromEntries(AUDIENCES.map((listeners) => [channelWith(listeners), listeners]));
  const deployment = await startMeasuredDeployment(SETTINGS, async (assembly, engine) => {
    gateway.standBefore(assembly);
    await subscribePhantoms(assembly, engine, channels);
  });
  const table = notificationTable(deployment.output);
  try {
    // The first notification finds everything cold, the second one counts.
    const all: Figures[] = [];
    for (const listeners of AUDIENCES) {
      await notify(deployment, gateway, table, listeners);
      const figures = await notify(deployment, gateway, table, listeners);
      all.push(figures);
      yield* measurementsOf(figures);
    }
    yield* lineThrough(all);
  } finally {
    table.stop();
    await deployment.stop();
    gateway.stop();
  }
}

const channelWith = (listeners: number): string => `growth-${listeners}`;

async function notify(
  { meter, functions, quiet, sentToQueues }: MeasuredDeployment,
  gateway: PhantomGateway,
  table: NotificationTable,
  listeners: number,
): Promise<Figures> {
  const channel = channelWith(listeners);
  await quiet();
  const before = { ...meter.read(), sent: sentToQueues(), invocations: functions.invocations.length };
  const { taken } = await gateway.counts();
  const giveUpAt = Date.now() + PATIENCE_IN_MILLISECONDS;
  await table.put({ channel, id: ulid(), event: 'notification.created', data: FRAME });
  let posts = 0;
  while (posts < listeners) {
    if (Date.now() > giveUpAt) throw new Error(`${channel}: ${posts} of ${listeners} posts have come.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    posts = (await gateway.counts()).taken - taken;
  }
  await quiet();
  const after = meter.read();
  const invocations = functions.invocations.slice(before.invocations);
  const batches = invocations.filter(({ takesFromQueue }) => takesFromQueue).length;
  return {
    listeners,
    posts: (await gateway.counts()).taken - taken,
    readUnits: after.readUnits - before.readUnits,
    writeUnits: after.writeUnits - before.writeUnits,
    // A receive and a delete for each batch that a queue hands to a function.
    sqsRequests: sentToQueues() - before.sent + 2 * batches,
    invocations: invocations.length,
    gigabyteSeconds: invocations.reduce(
      (sum, { usage, memoryInMegabytes }) =>
        sum + ((usage.milliseconds / 1_000) * memoryInMegabytes) / MEGABYTES_A_GIGABYTE,
      0,
    ),
    cpuMilliseconds: invocations.reduce((sum, { usage }) => sum + usage.cpuMilliseconds, 0),
  };
}

function microdollars(figures: Figures): number {
  const dollars =
    costOf(prices.webSocketMessages, figures.posts) +
    costOf(prices.readUnits, figures.readUnits) +
    costOf(prices.writeUnits, figures.writeUnits) +
    costOf(prices.fifoQueueRequests, figures.sqsRequests) +
    costOf(prices.lambdaRequests, figures.invocations) +
    costOf(prices.lambdaGigabyteSeconds, figures.gigabyteSeconds);
  return dollars * 1e6;
}

function* measurementsOf(figures: Figures): Generator<Measurement> {
  const of = `to ${figures.listeners.toLocaleString('en')}`;
  const each = (name: string, value: number, unit: string): Measurement => ({
    bench: 'growth',
    case: `${of}: ${name}`,
    value,
    unit,
  });
  yield each('posts', figures.posts, 'posts');
  yield each('read', figures.readUnits, 'RRU');
  yield each('written', figures.writeUnits, 'WRU');
  yield each('queues', figures.sqsRequests, 'requests');
  yield each('invocations', figures.invocations, 'times');
  yield each('CPU of functions', figures.cpuMilliseconds, 'ms');
  yield {
    ...each('cost', microdollars(figures), '$ a million'),
    ratio: microdollars(figures) / (costOf(prices.webSocketMessages, figures.posts) * 1e6),
    against: 'its posts alone',
  };
}

function* lineThrough(all: readonly Figures[]): Generator<Measurement> {
  const points = all.map((figures) => ({ x: figures.listeners, y: microdollars(figures) }));
  const { base, slope, worst } = fittedLine(points);
  yield { bench: 'growth', case: 'the line: each notification', value: base, unit: '$ a million' };
  yield {
    bench: 'growth',
    case: 'the line: each listener of it',
    value: slope,
    unit: '$ a million',
    ratio: slope / (costOf(prices.webSocketMessages, 1) * 1e6),
    against: 'a post alone',
  };
  yield { bench: 'growth', case: 'the line: farthest from what was measured', value: worst * 100, unit: '%' };
}
