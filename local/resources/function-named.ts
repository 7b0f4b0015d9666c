import type { ResolvedFunction } from '../runtime/resolved-function.ts';
import type { World } from '../runtime/world.ts';

/** A function of the template by name or ARN; versions and aliases do not exist here. */
export function functionNamed(nameOrArn: string, world: World): ResolvedFunction {
  const found = world.functions.list().find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (found) return found;
  const known = world.functions.list().map(({ name }) => name);
  throw new Error(
    `FunctionName is ${JSON.stringify(nameOrArn)}; expected the name or ARN of one of: ${known.join(', ')}`,
  );
}
