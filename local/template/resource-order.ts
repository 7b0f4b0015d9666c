import { inDependencyOrder } from './dependency-order.ts';
import { referencesOf } from './references.ts';
import type { UnresolvedResource } from './template.ts';

/**
 * Logical ids in the order of their creation: each after all it refers to and all it names in DependsOn.
 * @throws CycleError
 */
export function resourceOrder(resources: Readonly<Record<string, UnresolvedResource>>): string[] {
  return inDependencyOrder(Object.keys(resources), (logicalId) => {
    const { Properties, DependsOn = [] } = resources[logicalId] ?? { Type: '' };
    const referred = [...referencesOf(Properties).names, ...[DependsOn].flat()];
    return referred.filter((name) => Object.hasOwn(resources, name));
  });
}
