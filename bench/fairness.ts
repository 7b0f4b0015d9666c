import { startEngine } from '../local/runtime/dynamodb/start-engine.ts';
import { startDeployment } from './local-deployment.ts';
import { type Measurement, percentile } from './measurement.ts';
import type { PusherSocket } from './metering/pusher-socket.ts';
import { startPhantomGateway, subscribePhantoms } from './phantoms.ts';

/** Posts a second that the account may make: a twentieth of what API Gateway grants, for two cores to have time for all of them. */
const QUOTA = 500;
const PHANTOMS = 100_000;
const GIANT = 'private-commerce.1';
const GIANT_NOTIFICATIONS_A_SECOND = 10;
const OTHER = 'fairness';
const LISTENERS = 5;
const NOTIFICATIONS_A_SECOND = 10;
const WARM_UP_IN_SECONDS = 5;
const MEASURED_IN_SECONDS = 30;

/**
 * A small tenant's latency beside a giant that asks for two thousand times the account's quota: 100,000 listeners, ten notifications a second.
 * The listeners of the giant are rows; their posts end at a gateway that counts them against the account's quota, as it does all others. Measured
 * before the giant begins, and while its queue grows; and once more with large audiences that take as much as they get, which is what
 * the share of the quota is there for.
 */
export async function* fairness(): AsyncGenerator<Measurement> {
  for (const [postsPerSecond, giant] of [
    [QUOTA, 'a giant'],
    [UNPACED, 'a giant that takes what it gets'],
  ] as const) {
    const [alone, beside] = await measure(postsPerSecond);
    for (const [share, name] of [
      [0.5, 'median'],
      [0.99, 'p99'],
    ] as const) {
      yield {
        bench: 'fairness',
        case: `row to frame beside ${giant}, ${name}`,
        value: percentile(beside, share),
        unit: 'ms',
        ratio: percentile(beside, share) / percentile(alone, share),
        against: `alone, ${Math.round(percentile(alone, share))} ms`,
      };
    }
  }
}

const UNPACED = 1_000_000;

/** Milliseconds of each frame, before and while the giant is served. `postsPerSecond`: what functions take the quota to be. */
async function measure(postsPerSecond: number): Promise<[alone: number[], beside: number[]]> {
  const gateway = await startPhantomGateway({ rate: QUOTA, burst: QUOTA / 2, latency: 5 });
  const engine = await startEngine((failure) => console.error(failure.message));
  const deployment = await startDeployment({
    settings: { throttling: { postsPerSecond } },
    dynamoDbEndpoint: engine.origin,
    // Deleting what has expired costs nobody anything at AWS; here it is a scan of all those rows, and a second in which nothing else is read.
    limits: { timeToLiveSweepInterval: 86_400_000 },
    prepare: async (assembly) => {
      gateway.standBefore(assembly);
      await subscribePhantoms(assembly, engine.origin, { [GIANT]: PHANTOMS });
    },
  });
  try {
    gateway.handOnTo(deployment.output);
    const listeners = await Promise.all(Array.from({ length: LISTENERS }, () => deployment.listen(OTHER)));
    const small = (seconds: number) =>
      notifyEvery(1_000 / NOTIFICATIONS_A_SECOND, seconds, async () => {
        const id = crypto.randomUUID();
        const started = performance.now();
        const arrivals = listeners.map((listener) => arrivalOf(listener, id, started));
        await deployment.notify(OTHER, 'paid', { id });
        return await Promise.all(arrivals);
      });
    await small(WARM_UP_IN_SECONDS);
    const alone = await small(MEASURED_IN_SECONDS);
    const giant = keepNotifying(() => deployment.notify(GIANT, 'paid', {}));
    await small(WARM_UP_IN_SECONDS);
    const beside = await small(MEASURED_IN_SECONDS);
    await giant.stop();
    const { taken } = await gateway.counts();
    if (taken < QUOTA * WARM_UP_IN_SECONDS) {
      throw new Error(`Only ${taken} posts went to the giant; it disturbed nobody.`);
    }
    return [alone.flat(), beside.flat()];
  } finally {
    await deployment.stop();
    await engine.stop();
    gateway.stop();
  }
}

async function arrivalOf(listener: PusherSocket, id: string, started: number): Promise<number> {
  await listener.frameWith(id);
  return performance.now() - started;
}

/** Begins one every tenth of a second, until it is stopped. */
function keepNotifying(notify: () => Promise<void>): { stop(): Promise<void> } {
  const under: Promise<void>[] = [];
  const timer = setInterval(() => under.push(notify()), 1_000 / GIANT_NOTIFICATIONS_A_SECOND);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(under);
    },
  };
}

/** Begins one every so many milliseconds, whether or not those before have ended; resolves when all have. */
async function notifyEvery<Result>(
  milliseconds: number,
  seconds: number,
  notify: () => Promise<Result>,
): Promise<Result[]> {
  const count = Math.round((seconds * 1_000) / milliseconds);
  const under = Array.from(
    { length: count },
    (_, index) =>
      new Promise<Result>((resolve, reject) => {
        setTimeout(() => notify().then(resolve, reject), index * milliseconds);
      }),
  );
  return await Promise.all(under);
}
