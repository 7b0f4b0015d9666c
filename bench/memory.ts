import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentNames } from '../lambdas/environment-names.ts';
import { prices } from '../scripts/cost/prices.ts';
import { prepareDemoLogin } from '../scripts/start/demo-issuer.ts';
import { type Measurement, percentile } from './measurement.ts';
import { createActors } from './metering/actors.ts';
import { durationWith, MEGABYTES_OF_ONE_CPU } from './metering/cpu-share.ts';
import { exerciseAll, startApi } from './metering/exercise.ts';
import type { Usage } from './metering/function-process.ts';
import { startMeasuredDeployment } from './metering/measured-deployment.ts';
import type { Invocation } from './metering/measured-functions.ts';

const SIZES = [128, 256, 512, 1_024, MEGABYTES_OF_ONE_CPU];
/** Each begins with environments that are cold. */
const ROUNDS = 3;
/** Of the memory, at most: Lambda's own runtime needs some more, and events can be larger than those here. */
const MOST_USED = 0.4;
/**
 * A function that nobody keeps warm has answered its first event by then: a client that connects meets three of them one after the other, and
 * is to be greeted within a second or so.
 */
const FIRST_EVENT_IN_MILLISECONDS = 400;
/** Once for each environment these fetch the keys of an issuer, and load what fetches. */
const FETCHING = new Set(['authorize', 'channel-auth']);
const FETCHING_FIRST_EVENT_IN_MILLISECONDS = 800;
/** Nobody waits for them. */
const UNHURRIED = new Set(['disconnect', 'expire', 'occupancy', 'redeliver', 'settle', 'webhook']);
const UNHURRIED_FIRST_EVENT_IN_MILLISECONDS = 1_200;
/** One at a time for a shard of a stream or of a channel: what one of them does in a second is all that is delivered. They get a whole core. */
const DELIVERING = new Set(['broadcast', 'deliver']);

/**
 * Every function, with events as they come: what each needs of CPU, waiting and memory, from that the duration and the price of a million
 * invocations at sizes of memory, and the size to choose: the smallest, and with it the cheapest, that is large enough and starts in time.
 */
export async function* memory(): AsyncGenerator<Measurement> {
  mkdirSync('.local/bench', { recursive: true });
  const { settingsFile, issuer } = prepareDemoLogin('.local/bench');
  const api = await startApi(issuer);
  const settings = JSON.parse(readFileSync(settingsFile, 'utf8'));
  writeFileSync(settingsFile, JSON.stringify({ ...settings, webhooks: [{ url: api.webhookUrl }] }));
  const deployment = await startMeasuredDeployment(settingsFile, async (assembly) =>
    fetchKeysFrom(api.jwksUrl, assembly),
  );
  const actors = createActors(deployment);
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await deployment.functions.renew();
      await exerciseAll(deployment, actors, issuer);
    }
    const { invocations } = deployment.functions;
    for (const name of [...new Set(invocations.map((each) => each.name))].sort()) {
      yield* measurementsOf(
        name,
        invocations.filter((each) => each.name === name),
      );
    }
  } finally {
    actors.stop();
    await deployment.stop();
    api.stop();
  }
}

function* measurementsOf(name: string, invocations: readonly Invocation[]): Generator<Measurement> {
  const cold = invocations.filter(({ init }) => init !== undefined);
  const warm = invocations.filter(({ init }) => init === undefined).map(({ usage }) => usage);
  const firsts = cold.map(({ usage }) => usage);
  const inits = cold.flatMap(({ init }) => init ?? []);
  const typical = middle(warm.length > 0 ? warm : firsts);
  const first = middle(firsts);
  const init = middle(inits);
  const peak = Math.max(...invocations.map(({ usage }) => usage.peakMegabytes));
  const measurement = (label: string, value: number, unit: string): Measurement => ({
    bench: 'memory',
    case: `${name}: ${label}`,
    value,
    unit,
  });

  yield measurement('CPU to load it', init.cpuMilliseconds, 'ms');
  yield measurement('CPU of the first event', first.cpuMilliseconds, 'ms');
  yield measurement('CPU of an event', typical.cpuMilliseconds, 'ms');
  yield measurement(
    'wait of an event',
    durationWith(Number.POSITIVE_INFINITY, typical) - typical.cpuMilliseconds,
    'ms',
  );
  yield measurement(
    'heap after an event, at most',
    Math.max(...invocations.map(({ usage }) => usage.heapMegabytes)),
    'MB',
  );
  yield measurement('memory of the process, at most', peak, 'MB');
  const price = (size: number): number =>
    (1_000_000 * prices.lambdaGigabyteSeconds.dollars * (durationWith(size, typical) / 1_000) * size) / 1_024;
  // Loading waits for nobody.
  const loading = { ...init, milliseconds: init.cpuMilliseconds };
  const start = (size: number): number => durationWith(size, loading) + durationWith(size, first);
  for (const size of SIZES) {
    yield measurement(`with ${size} MB: first event, loading included`, start(size), 'ms');
    yield measurement(`with ${size} MB: an event`, durationWith(size, typical), 'ms');
    yield measurement(`with ${size} MB: a million events`, price(size), 'USD');
  }
  const fitting = SIZES.find((size) => peak <= MOST_USED * size && start(size) <= timeFor(name));
  const chosen = DELIVERING.has(name) ? MEGABYTES_OF_ONE_CPU : fitting;
  yield measurement('to choose', chosen ?? MEGABYTES_OF_ONE_CPU, 'MB');
}

function timeFor(name: string): number {
  if (UNHURRIED.has(name)) return UNHURRIED_FIRST_EVENT_IN_MILLISECONDS;
  return FETCHING.has(name) ? FETCHING_FIRST_EVENT_IN_MILLISECONDS : FIRST_EVENT_IN_MILLISECONDS;
}

/**
 * Where the demo's issuer gives its key, it says where its keys are to be had: fetching them is the most that a token can cost. Without
 * TLS, which no deployment would accept.
 */
function fetchKeysFrom(jwksUrl: string, assemblyDirectory: string): void {
  const file = join(assemblyDirectory, 'pregonero-local-realtime.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8'));
  for (const { Properties } of Object.values<Resource>(template.Resources)) {
    const variables = Properties?.Environment?.Variables;
    const issuers = variables?.[environmentNames.jwtIssuers];
    if (variables === undefined || issuers === undefined) continue;
    const [{ publicKey: _, ...issuer }] = JSON.parse(issuers);
    variables[environmentNames.jwtIssuers] = JSON.stringify([{ ...issuer, jwksUrl }]);
  }
  writeFileSync(file, JSON.stringify(template));
}

interface Resource {
  readonly Properties?: { readonly Environment?: { readonly Variables?: Record<string, string> } };
}

/** The median of each figure. */
function middle(usages: readonly Usage[]): Usage {
  const of = (figure: keyof Usage): number =>
    percentile(
      usages.map((usage) => usage[figure]),
      0.5,
    );
  return {
    cpuMilliseconds: of('cpuMilliseconds'),
    milliseconds: of('milliseconds'),
    heapMegabytes: of('heapMegabytes'),
    peakMegabytes: of('peakMegabytes'),
  };
}
