import { randomUUID } from 'node:crypto';
import type { Functions, InvocationResult } from '../../local/runtime/functions.ts';
import type { ResolvedFunction } from '../../local/runtime/resolved-function.ts';
import type { World } from '../../local/runtime/world.ts';
import type { Usage } from './function-process.ts';
import {
  buildFunctionProcess,
  type MeasuredEnvironment,
  startMeasuredEnvironment,
} from './measured-environment.ts';

/** One invocation, and what it took. */
export interface Invocation {
  /** As in `lambdas/handlers`. */
  readonly name: string;
  readonly memoryInMegabytes: number;
  /** Loading the function's module; of an environment's first invocation only. */
  readonly init?: Usage;
  readonly usage: Usage;
  readonly takesFromQueue: boolean;
}

/** The Lambda service, one environment a function: it runs one event after the other, in a process of its own. */
export interface MeasuredFunctions extends Functions {
  readonly invocations: readonly Invocation[];
  /** Events under way or waiting. */
  underWay(): number;
  /** Ends all environments: the next event of each function finds it cold. */
  renew(): Promise<void>;
}

export function createMeasuredFunctions(world: World, prefix: string): MeasuredFunctions {
  buildFunctionProcess();
  const definitions = new Map<string, ResolvedFunction>();
  const environments = new Map<string, MeasuredEnvironment>();
  const turns = new Map<string, Promise<unknown>>();
  const invocations: Invocation[] = [];
  let underWay = 0;

  function find(arn: string): ResolvedFunction {
    const definition = definitions.get(arn);
    if (definition === undefined) throw new Error(`There is no function ${arn}.`);
    return definition;
  }

  async function run(definition: ResolvedFunction, event: unknown): Promise<InvocationResult> {
    let environment = environments.get(definition.arn);
    const isCold = environment === undefined;
    environment ??= await startMeasuredEnvironment(definition, world);
    environments.set(definition.arn, environment);
    const answer = await environment.ask({
      event: JSON.stringify(event),
      requestId: randomUUID(),
      deadline: Date.now() + definition.timeoutInSeconds * 1_000,
    });
    const { name, memoryInMegabytes } = definition;
    invocations.push({
      name: name.slice(prefix.length),
      memoryInMegabytes,
      ...(isCold && { init: environment.init }),
      usage: answer.usage,
      takesFromQueue: JSON.stringify(event).includes('"eventSource":"aws:sqs"'),
    });
    if (answer.kind === 'failed') {
      return { outcome: 'error', errorType: answer.name, errorMessage: answer.message, trace: [] };
    }
    return { outcome: 'returned', payload: answer.kind === 'returned' ? JSON.parse(answer.payload) : null };
  }

  async function renew(): Promise<void> {
    await Promise.all([...environments.values()].map((environment) => environment.end()));
    environments.clear();
  }

  world.onStop(renew);
  return {
    invocations,
    renew,
    underWay: () => underWay,
    get: find,
    list: () => [...definitions.values()],
    register: (definition) => {
      definitions.set(definition.arn, definition);
    },
    async invoke(arn, event) {
      const definition = find(arn);
      underWay += 1;
      const before = turns.get(arn) ?? Promise.resolve();
      const turn = before.then(() => run(definition, event));
      turns.set(
        arn,
        turn.catch(() => undefined),
      );
      try {
        return await turn;
      } finally {
        underWay -= 1;
      }
    },
  };
}
