import type { World } from '../runtime/world.ts';

const invocation = /^arn:[\w-]+:apigateway:[\w-]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/;

/** The ARN of the function in a URI of API Gateway, which is the ARN itself or an invocation path around it. */
export function functionOfUri(property: string, uri: string, world: World): string {
  const arn = invocation.exec(uri)?.[1] ?? uri;
  if (world.functions.list().some((definition) => definition.arn === arn)) return arn;
  const known = world.functions.list().map((definition) => definition.arn);
  throw new Error(
    `${property} is ${JSON.stringify(uri)}; expected to name a function of: ${known.join(', ') || 'none'}`,
  );
}
