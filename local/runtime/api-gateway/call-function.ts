import { matchesWildcard } from '../iam/wildcard.ts';
import type { World } from '../world.ts';

/** What became of a call from API Gateway to a function, and how long it took in milliseconds. */
export type CallOutcome = CallResult & { readonly latency?: number };

export type CallResult =
  | { readonly kind: 'returned'; readonly payload: unknown }
  /** No answer within the integration's time. */
  | { readonly kind: 'timeout' }
  /** The function failed, in whatever way; `message` is its error's. */
  | { readonly kind: 'failed'; readonly message: string }
  /** API Gateway may not invoke the function. */
  | { readonly kind: 'denied'; readonly message: string }
  /** The function has no concurrency left. */
  | { readonly kind: 'throttled'; readonly message: string };

/**
 * Invokes a function in the name of API Gateway. As on AWS the function's resource policy (`AWS::Lambda::Permission`)
 * must let the service in for that ARN, and the time of the integration bounds the call.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export async function callFunction(
  world: World,
  call: {
    readonly functionArn: string;
    /** `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{route}` */
    readonly sourceArn: string;
    readonly event: unknown;
    readonly timeoutInMilliseconds: number;
  },
): Promise<CallOutcome> {
  if (!isPermitted(world, call.functionArn, call.sourceArn)) {
    const message = `API Gateway may not invoke ${call.functionArn} for ${call.sourceArn}: no AWS::Lambda::Permission allows it.`;
    world.logs.write('iam', message);
    return { kind: 'denied', message };
  }
  const startedAt = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, call.timeoutInMilliseconds, 'late');
  });
  const result = await Promise.race([world.functions.invoke(call.functionArn, call.event), late]);
  clearTimeout(timer);
  const latency = Date.now() - startedAt;
  if (result === 'late') return { kind: 'timeout', latency };
  if (result.outcome === 'returned') return { kind: 'returned', payload: result.payload, latency };
  return {
    latency,
    kind: result.outcome === 'throttled' ? 'throttled' : 'failed',
    message: result.errorMessage,
  };
}

function isPermitted(world: World, functionArn: string, sourceArn: string): boolean {
  return world.functions
    .get(functionArn)
    .permissions.some(
      (permission) =>
        permission.principal === 'apigateway.amazonaws.com' &&
        matchesWildcard(permission.action, 'lambda:InvokeFunction') &&
        matchesWildcard(permission.sourceArn ?? '*', sourceArn),
    );
}
