import type { ExecutionOptions, LocalExecution } from './execution-options.ts';
import { localOutputs } from './local-outputs.ts';
import { createWorld } from './runtime/create-world.ts';
import { createLifecycle } from './runtime/lifecycle.ts';
import { checkAssembly } from './template/check-assembly.ts';
import { loadCloudAssembly } from './template/cloud-assembly.ts';
import { deployAssembly } from './template/deploy-assembly.ts';
import { queueArnByName } from './template/queue-arn-by-name.ts';

/**
 * Executes the cloud assembly as CloudFormation would: checks all of it, creates its stacks in order of their
 * dependencies and their resources in order of theirs, then starts what polls and listens.
 * Throws `TemplateError` for whatever it does not know; whatever had been started by then is stopped again.
 */
export async function startLocalExecution(options: ExecutionOptions): Promise<LocalExecution> {
  const assembly = await loadCloudAssembly(options.assemblyDirectory);
  checkAssembly(assembly);
  const lifecycle = createLifecycle();
  try {
    const world = await createWorld(assembly, options, lifecycle);
    const stacks = await deployAssembly(assembly, world);
    const operator = world.iam.issueKey({ name: 'operator', roleArn: 'operator' });
    await lifecycle.start();
    const failure = lifecycle.failure();
    if (failure) throw failure;
    return {
      url: world.edge.origin ?? '',
      outputs: localOutputs(stacks, world, operator),
      faults: world.faults,
      messagesIn: (name) => world.queues.peek(queueArnByName(name, stacks)),
      stop: lifecycle.stop,
      ended: lifecycle.ended,
    };
  } catch (failure) {
    await lifecycle.stop().catch(() => undefined);
    throw lifecycle.failure() ?? failure;
  }
}
