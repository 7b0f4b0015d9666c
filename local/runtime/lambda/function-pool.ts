import { randomUUID } from 'node:crypto';
import type { InvocationResult } from '../functions.ts';
import type { ResolvedFunction } from '../resolved-function.ts';
import type { World } from '../world.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import type { StartPlaces } from './start-places.ts';

/** Longest event of an invocation, in bytes. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6_291_456;

/** Milliseconds after which an environment that is not the function's last is given back, as AWS gives idle ones back. */
const IDLE_MILLISECONDS = 60_000;

export interface FunctionPool {
  invoke(event: unknown): Promise<InvocationResult>;
  /** Events under way or waiting: what counts against concurrency. */
  readonly concurrency: () => number;
  end(): Promise<void>;
}

/**
 * The environments of one function: the one used last is used first, a new one is started when none is idle. Where many would be
 * started at once, each has to wait for its place, and an event that waits takes what gets idle meanwhile.
 */
export function createFunctionPool(
  definition: ResolvedFunction,
  start: () => Promise<ExecutionEnvironment>,
  world: World,
  starts: StartPlaces,
): FunctionPool {
  const idle: { environment: ExecutionEnvironment; since: number }[] = [];
  const waiting: (() => void)[] = [];
  /** Events that wait until an environment is idle, or may be started. */
  const seeking = new Set<(environment: ExecutionEnvironment) => void>();
  const all = new Set<ExecutionEnvironment>();
  const starting = new Set<Promise<ExecutionEnvironment>>();
  const timeout = definition.timeoutInSeconds * 1000;
  const timedOut: InvocationResult = {
    outcome: 'timeout',
    errorType: 'Sandbox.Timedout',
    errorMessage: `Task timed out after ${definition.timeoutInSeconds.toFixed(2)} seconds`,
  };
  let running = 0;
  let ended = false;
  let reaper: NodeJS.Timeout | undefined;

  /** Waits for a place; whoever leaves hands its own over. */
  async function enter(): Promise<void> {
    if (running < world.limits.environmentsPerFunction) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  async function begin(): Promise<ExecutionEnvironment> {
    const started = start();
    starting.add(started);
    try {
      const environment = await started;
      all.add(environment);
      return environment;
    } finally {
      starting.delete(started);
    }
  }

  function release(environment: ExecutionEnvironment): void {
    const [seeker] = seeking;
    if (!environment.alive()) all.delete(environment);
    else if (seeker) seeker(environment);
    else idle.push({ environment, since: Date.now() });
    if (!ended) reaper ??= setTimeout(reap, IDLE_MILLISECONDS).unref();
  }

  /** Ends what has been idle for long, except the environment used last. */
  function reap(): void {
    reaper = undefined;
    while (idle.length > 1 && (idle[0]?.since ?? 0) <= Date.now() - IDLE_MILLISECONDS) {
      const environment = idle.shift()?.environment;
      if (!environment) break;
      all.delete(environment);
      void environment.end();
    }
    if (idle.length > 1) reaper = setTimeout(reap, IDLE_MILLISECONDS).unref();
  }

  function takeIdle(): ExecutionEnvironment | undefined {
    for (let last = idle.pop(); last; last = idle.pop()) {
      if (last.environment.alive()) return last.environment;
      all.delete(last.environment);
    }
    return undefined;
  }

  /** An idle environment, or the place to start one, which has to be given back. */
  function seek(): Promise<ExecutionEnvironment | 'start'> {
    const warm = takeIdle();
    if (warm) return Promise.resolve(warm);
    return new Promise((resolve) => {
      const take = (environment: ExecutionEnvironment): void => {
        seeking.delete(take);
        asked.withdraw();
        resolve(environment);
      };
      seeking.add(take);
      const asked = starts.ask(() => {
        seeking.delete(take);
        resolve('start');
      });
    });
  }

  /** Loads the module; when that takes too long, once more in a new environment and within the time of the invocation. */
  async function beginLoaded(): Promise<
    { environment: ExecutionEnvironment; deadline: number } | InvocationResult
  > {
    const first = await begin();
    const loaded = await first.initialize(world.limits.initTimeout);
    const deadline = Date.now() + timeout;
    if (loaded === 'ready') return { environment: first, deadline };
    all.delete(first);
    if (loaded !== 'slow') return loaded;
    const second = await begin();
    const reloaded = await second.initialize(timeout);
    if (reloaded === 'ready') return { environment: second, deadline };
    all.delete(second);
    return reloaded === 'slow' ? timedOut : reloaded;
  }

  async function run(event: string, requestId: string): Promise<InvocationResult> {
    const found = await seek();
    const begun =
      found === 'start'
        ? await beginLoaded().finally(starts.done)
        : { environment: found, deadline: Date.now() + timeout };
    if ('outcome' in begun) return begun;
    const { environment, deadline } = begun;
    const result = await environment.invoke({ requestId, event, deadline });
    release(environment);
    return result === 'slow' ? timedOut : result;
  }

  /** Dies instead of, or after, having worked. */
  async function runFaulty(
    event: string,
    requestId: string,
    when: 'before' | 'after',
  ): Promise<InvocationResult> {
    if (when === 'after') await run(event, requestId);
    await takeIdle()?.end();
    return crashed;
  }

  return {
    concurrency: () => running + waiting.length,
    async invoke(event) {
      const payload = JSON.stringify(event) ?? 'null';
      if (Buffer.byteLength(payload) > MAX_EVENT_BYTES) return tooLarge;
      const requestId = randomUUID();
      await enter();
      if (ended) return crashed;
      const fault = world.faults.invocationFault(definition.name, event);
      const result = await (fault ? runFaulty(payload, requestId, fault.when) : run(payload, requestId))
        .catch(notStarted)
        .finally(leave);
      if (!ended && result.outcome !== 'returned' && result.outcome !== 'error')
        world.logs.write(
          definition.name,
          `RequestId: ${requestId} ${result.errorType}: ${result.errorMessage}`,
        );
      return result;
    },
    async end() {
      ended = true;
      clearTimeout(reaper);
      await Promise.allSettled(starting);
      await Promise.all([...all].map((environment) => environment.end()));
      all.clear();
      idle.length = 0;
    },
  };
}

/** Its code could not be brought to it: nothing of the function has run. */
function notStarted(failure: unknown): InvocationResult {
  return { outcome: 'crash', errorType: 'Runtime.StartError', errorMessage: String(failure) };
}

const crashed: InvocationResult = {
  outcome: 'crash',
  errorType: 'Runtime.ExitError',
  errorMessage: 'Error: Runtime exited with error: exit status 1',
};

const tooLarge: InvocationResult = {
  outcome: 'error',
  errorType: 'RequestTooLargeException',
  errorMessage: `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`,
};
