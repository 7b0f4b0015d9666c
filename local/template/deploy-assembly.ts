import { supportOf } from '../resources/registry.ts';
import type { CreatedResource, TemplateResource } from '../resources/resource-support.ts';
import { unsupportedProperties } from '../resources/unsupported-properties.ts';
import type { World } from '../runtime/world.ts';
import type { AssemblyStack, CloudAssembly } from './cloud-assembly.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { resolve, type Scope } from './intrinsics.ts';
import { resourceOrder } from './resource-order.ts';
import { createStackScope } from './stack-scope.ts';
import type { UnresolvedResource } from './template.ts';
import { TemplateError } from './template-error.ts';

export interface DeployedStack {
  readonly name: string;
  readonly resources: readonly DeployedResource[];
  readonly outputs: Readonly<Record<string, string>>;
}

export interface DeployedResource extends CreatedResource {
  readonly logicalId: string;
  readonly type: string;
}

/**
 * Creates every resource of every stack.
 * @throws TemplateError on the first that cannot be created, with the failure as its cause
 */
export async function deployAssembly(assembly: CloudAssembly, world: World): Promise<DeployedStack[]> {
  const exports = new Map<string, unknown>();
  const deployed: DeployedStack[] = [];
  for (const stack of assembly.stacks) deployed.push(await deployStack(stack, exports, world));
  return deployed;
}

async function deployStack(
  stack: AssemblyStack,
  exports: Map<string, unknown>,
  world: World,
): Promise<DeployedStack> {
  const created = new Map<string, CreatedResource>();
  const scope = createStackScope(stack, world, { created, exports });
  const { Resources = {}, Outputs = {} } = stack.template;
  const resources: DeployedResource[] = [];

  for (const logicalId of resourceOrder(Resources)) {
    const unresolved = Resources[logicalId];
    if (!unresolved) continue;
    const resource = await naming(stack, logicalId, () =>
      createResource(stack, logicalId, unresolved, scope, world),
    );
    if (!resource) continue;
    created.set(logicalId, resource);
    resources.push({ ...resource, logicalId, type: unresolved.Type });
  }

  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(Outputs)) {
    await naming(stack, `Outputs.${name}`, () => {
      if (output.Condition && !scope.condition(output.Condition)) return;
      const value = text('Value', resolve(output.Value, scope));
      outputs[name] = value;
      if (!output.Export) return;
      const exported = text('Export.Name', resolve(output.Export.Name, scope));
      if (exports.has(exported)) throw new Error(`the export "${exported}" already exists`);
      exports.set(exported, value);
    });
  }
  return { name: stack.name, resources, outputs };
}

async function createResource(
  stack: AssemblyStack,
  logicalId: string,
  unresolved: UnresolvedResource,
  scope: Scope,
  world: World,
): Promise<CreatedResource | undefined> {
  if (unresolved.Condition && !scope.condition(unresolved.Condition)) return undefined;
  const support = supportOf(unresolved.Type);
  if (!support) throw new Error(`resources of type ${unresolved.Type} are not supported`);
  const properties = resolveDynamicReferences(resolve(unresolved.Properties ?? {}, scope), world.secrets);
  // Once more: what an intrinsic gave could not be seen before.
  const [problem] = unsupportedProperties(properties, support.properties);
  if (problem) throw new Error(problem);
  const resource: TemplateResource = {
    stack: stack.name,
    logicalId,
    type: unresolved.Type,
    properties: properties as Record<string, unknown>,
  };
  return await support.create(resource, world);
}

/** CloudFormation makes numbers and booleans text; lists and objects it refuses. */
function text(member: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error(`${member} is ${JSON.stringify(value) ?? 'missing'}; expected a string`);
}

/** Runs a step and, should it fail, says where in the template it was. */
async function naming<Result>(
  stack: AssemblyStack,
  element: string,
  step: () => Result,
): Promise<Awaited<Result>> {
  try {
    return await step();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new TemplateError([{ stack: stack.name, element, message }], { cause });
  }
}
