import { randomBytes } from 'node:crypto';
import type { Functions, InvocationResult } from '../functions.ts';
import type { AccessKey } from '../iam.ts';
import type { ResolvedFunction } from '../resolved-function.ts';
import type { World } from '../world.ts';
import { environmentVariables } from './environment-variables.ts';
import { type ExecutionEnvironment, startEnvironment } from './execution-environment.ts';
import { freezing } from './freezing.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createSandbox } from './sandbox.ts';
import { createStartPlaces } from './start-places.ts';

interface Registered {
  readonly definition: ResolvedFunction;
  readonly pool: FunctionPool;
}

/** The Lambda service of the execution: concurrency, and a pool of environments for each function. */
export function createFunctions(world: World): Functions {
  const functions = new Map<string, Registered>();
  const sandbox = createSandbox();
  const starts = createStartPlaces(world.limits.environmentsStartedAtOnce);
  world.onStop(async () => {
    await Promise.all([...functions.values()].map(({ pool }) => pool.end()));
    await sandbox.remove();
  });

  function find(functionArn: string): Registered {
    const found = functions.get(functionArn);
    if (found) return found;
    const known = [...functions.keys()].join(', ') || 'none';
    throw new Error(`There is no function ${functionArn}; the functions of this execution are: ${known}.`);
  }

  function issueKey({ name, roleArn }: ResolvedFunction): AccessKey {
    return world.iam.issueKey({ name, roleArn });
  }

  async function start(definition: ResolvedFunction): Promise<ExecutionEnvironment> {
    const [runtimeModule, taskRoot] = await Promise.all([
      sandbox.runtimeModule(),
      sandbox.taskRoot(definition),
    ]);
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
    const logStreamName = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
    // Each has its own, so that the door can tell apart which of them is between two events.
    const key = issueKey(definition);
    const environment = startEnvironment({
      runtimeModule,
      variables: environmentVariables(definition, key, taskRoot, logStreamName, world),
      runtime: {
        taskRoot,
        handler: definition.handler,
        functionName: definition.name,
        functionArn: definition.arn,
        memoryInMegabytes: definition.memoryInMegabytes,
        logGroupName: definition.logging.group,
        logStreamName,
        logFormat: definition.logging.format,
        logLevel: definition.logging.level,
      },
      log: (line) => world.logs.write(definition.name, line),
    });
    return freezing(environment, key.accessKeyId, world.door);
  }

  function hasCapacity({ definition, pool }: Registered): boolean {
    if (definition.reservedConcurrency !== undefined)
      return pool.concurrency() < definition.reservedConcurrency;
    let unreserved = 0;
    for (const each of functions.values())
      if (each.definition.reservedConcurrency === undefined) unreserved += each.pool.concurrency();
    return unreserved < unreservedConcurrency();
  }

  /** What a reservation gives to one function is taken from all others. */
  function unreservedConcurrency(): number {
    let reserved = 0;
    for (const { definition } of functions.values()) reserved += definition.reservedConcurrency ?? 0;
    return world.limits.concurrentExecutions - reserved;
  }

  return {
    register(definition) {
      if (functions.has(definition.arn)) throw new Error(`The function ${definition.name} already exists.`);
      // Throws here where Lambda may not assume the role, and not at the first event.
      issueKey(definition);
      const pool = createFunctionPool(definition, () => start(definition), world, starts);
      functions.set(definition.arn, { definition, pool });
    },
    async invoke(functionArn, event) {
      const found = find(functionArn);
      return hasCapacity(found) ? found.pool.invoke(event) : throttled;
    },
    get: (functionArn) => find(functionArn).definition,
    list: () => [...functions.values()].map(({ definition }) => definition),
  };
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
const throttled: InvocationResult = {
  outcome: 'throttled',
  errorType: 'TooManyRequestsException',
  errorMessage: 'Rate Exceeded.',
};
