import { localOutputs } from '../../local/local-outputs.ts';
import { createWorld } from '../../local/runtime/create-world.ts';
import { createLifecycle } from '../../local/runtime/lifecycle.ts';
import type { World } from '../../local/runtime/world.ts';
import { loadCloudAssembly } from '../../local/template/cloud-assembly.ts';
import { deployAssembly } from '../../local/template/deploy-assembly.ts';
import { synthesize } from '../../scripts/start/synthesize.ts';
import { type Output, outputsOf } from '../notifications.ts';
import { createMeasuredFunctions, type MeasuredFunctions } from './measured-functions.ts';
import { type MeteredEngine, startMeteredEngine } from './metered-engine.ts';

const ASSEMBLY = '.local/bench/measured.cdk.out';
/** Nothing happens for so long: then nothing more is to come. Longer than all waits that are left, which are scaled down. */
const QUIET_IN_MILLISECONDS = 500;
const PATIENCE_IN_MILLISECONDS = 60_000;

/** The synthesized template, running, with all that is counted of it. */
export interface MeasuredDeployment {
  readonly world: World;
  readonly functions: MeasuredFunctions;
  readonly meter: MeteredEngine;
  /** Requests that functions have sent to SQS. */
  sentToQueues(): number;
  readonly output: Output;
  /** Resolves when functions have had nothing to do for a while. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * As `startLocalExecution`, with functions that are processes of their own and an engine behind a meter. `prepare` may change the
 * cloud assembly before it is started, and what the engine (its address) has.
 */
export async function startMeasuredDeployment(
  settingsFile: string,
  prepare?: (assemblyDirectory: string, engine: string) => Promise<void>,
): Promise<MeasuredDeployment> {
  await synthesize(settingsFile, ASSEMBLY);
  const meter = await startMeteredEngine();
  await prepare?.(ASSEMBLY, meter.endpoint);
  const assembly = await loadCloudAssembly(ASSEMBLY);
  const lifecycle = createLifecycle();
  const options = {
    assemblyDirectory: ASSEMBLY,
    dynamoDbEndpoint: meter.endpoint,
    // What time to live deletes is nobody's request.
    limits: { timeScale: 0.05, timeToLiveSweepInterval: 86_400_000 },
  };
  const world = await createWorld(assembly, options, lifecycle);
  const functions = createMeasuredFunctions(world, 'pregonero-local-');
  Object.assign(world, { functions });
  const stacks = await deployAssembly(assembly, world);
  const operator = world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
  await lifecycle.start();
  const output = outputsOf(localOutputs(stacks, world, operator));

  let sentToQueues = 0;
  world.faults.onRequest(({ service }) => {
    if (service === 'sqs') sentToQueues += 1;
    return undefined;
  });

  return {
    world,
    functions,
    meter,
    sentToQueues: () => sentToQueues,
    output,
    async quiet() {
      const giveUpAt = Date.now() + PATIENCE_IN_MILLISECONDS;
      for (let [seen, since] = ['', Date.now()]; Date.now() - since < QUIET_IN_MILLISECONDS; ) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const now = `${functions.underWay()} ${functions.invocations.length} ${meter.read().requests} ${meter.read().streamRecords}`;
        if (now !== seen || functions.underWay() > 0) [seen, since] = [now, Date.now()];
        if (Date.now() > giveUpAt) throw new Error('The functions never had nothing to do.');
      }
    },
    async stop() {
      await lifecycle.stop();
      await meter.stop();
    },
  };
}
