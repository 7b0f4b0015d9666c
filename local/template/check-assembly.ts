import { supportedTypes, supportOf } from '../resources/registry.ts';
import { unsupportedProperties } from '../resources/unsupported-properties.ts';
import type { AssemblyStack, CloudAssembly, Environment } from './cloud-assembly.ts';
import { CycleError } from './dependency-order.ts';
import type { Scope } from './intrinsics.ts';
import { referencesOf } from './references.ts';
import { resourceOrder } from './resource-order.ts';
import { createStackScope, isPseudoParameter, parameterValue } from './stack-scope.ts';
import { resourceAttributes, templateSections, type UnresolvedResource } from './template.ts';
import { TemplateError, type TemplateProblem } from './template-error.ts';

type Report = (element: string, message: string) => void;

/**
 * Looks at everything that can be known before anything is created, so that one start tells all that is wrong.
 * @throws TemplateError with every problem found
 */
export function checkAssembly(assembly: CloudAssembly): void {
  const problems = assembly.stacks.flatMap((stack) => {
    const found: TemplateProblem[] = [];
    checkStack(stack, assembly, (element, message) => found.push({ stack: stack.name, element, message }));
    return found;
  });
  if (problems.length > 0) {
    const unknownType = problems.some(({ message }) => message.startsWith('resources of type'));
    const hint = `Supported resource types: ${supportedTypes().join(', ')}.`;
    throw new TemplateError(problems, unknownType ? { hint } : {});
  }
}

function checkStack(stack: AssemblyStack, environment: Environment, report: Report): void {
  const { template } = stack;
  const scope = createStackScope(stack, environment, { created: new Map(), exports: new Map() });
  for (const section of Object.keys(template)) {
    if (!templateSections.includes(section)) {
      report(section, `the section is not supported; supported are ${templateSections.join(', ')}`);
    }
  }
  const names = new Set([
    ...Object.keys(template.Parameters ?? {}),
    ...Object.keys(template.Resources ?? {}),
  ]);
  for (const [name, parameter] of Object.entries(template.Parameters ?? {})) {
    attempt(`Parameters.${name}`, report, () => parameterValue(name, parameter));
  }
  for (const [name, condition] of Object.entries(template.Conditions ?? {})) {
    checkReferences(condition, `Conditions.${name}`, names, report);
  }
  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    checkAttributes(logicalId, resource, names, report);
    if (isCreated(resource, logicalId, scope, report)) checkResource(logicalId, resource, names, report);
  }
  for (const [name, output] of Object.entries(template.Outputs ?? {})) {
    checkReferences(output, `Outputs.${name}`, names, report);
  }
  try {
    resourceOrder(template.Resources ?? {});
  } catch (failure) {
    // Any other failure is a reference that cannot be read, which was reported where it stands.
    if (failure instanceof CycleError) {
      const ring = failure.path.join(' → ');
      report(failure.path[0] ?? '', `the resources depend on each other in a ring: ${ring}`);
    }
  }
}

/** What a condition leaves out is not created here either, so that it may be unknown. */
function isCreated(resource: UnresolvedResource, logicalId: string, scope: Scope, report: Report): boolean {
  const { Condition } = resource;
  let created = true;
  attempt(logicalId, report, () => {
    if (Condition !== undefined) created = scope.condition(Condition);
  });
  return created;
}

function checkAttributes(
  logicalId: string,
  resource: UnresolvedResource,
  names: ReadonlySet<string>,
  report: Report,
): void {
  for (const attribute of Object.keys(resource)) {
    if (!resourceAttributes.includes(attribute)) {
      report(
        logicalId,
        `the attribute ${attribute} is not supported; supported are ${resourceAttributes.join(', ')}`,
      );
    }
  }
  for (const dependency of [resource.DependsOn ?? []].flat()) {
    if (!names.has(dependency))
      report(logicalId, `DependsOn names "${dependency}", which is not in the template`);
  }
}

function checkResource(
  logicalId: string,
  resource: UnresolvedResource,
  names: ReadonlySet<string>,
  report: Report,
): void {
  checkReferences(resource.Properties, logicalId, names, report);
  const support = supportOf(resource.Type);
  if (!support) {
    report(logicalId, `resources of type ${resource.Type} are not supported`);
    return;
  }
  for (const sentence of unsupportedProperties(resource.Properties ?? {}, support.properties)) {
    report(logicalId, `${sentence} (${resource.Type})`);
  }
}

function checkReferences(value: unknown, element: string, names: ReadonlySet<string>, report: Report): void {
  attempt(element, report, () => {
    const references = referencesOf(value);
    for (const problem of references.problems) report(element, problem);
    for (const name of references.names) {
      if (!names.has(name) && !isPseudoParameter(name)) {
        report(
          element,
          `it refers to "${name}", which is neither a resource nor a parameter of the template`,
        );
      }
    }
  });
}

function attempt(element: string, report: Report, check: () => unknown): void {
  try {
    check();
  } catch (failure) {
    report(element, failure instanceof Error ? failure.message : String(failure));
  }
}
