import type { ApiStage, RouteThrottle } from '../api-stage.ts';
import type { World } from '../world.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** The quotas that all APIs of the account share, `@connections` included. */
export interface AccountThrottle {
  /** A request of any kind: handshake, message, post, HTTP request. */
  admitsRequest(): boolean;
  admitsConnection(): boolean;
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export function createAccountThrottle(world: World): AccountThrottle {
  const { accountRate, accountBurst, connectionRate } = world.limits;
  const requests = createTokenBucket(accountRate, accountBurst);
  const connections = createTokenBucket(connectionRate, connectionRate);
  return { admitsRequest: requests.take, admitsConnection: connections.take };
}

/** Whether a stage's own settings let a request of a route through; each route has a bucket of its own. */
export type StageThrottle = (routeKey: string) => boolean;

export function createStageThrottle(stage: ApiStage): StageThrottle {
  const buckets = new Map<string, TokenBucket | undefined>();

  function bucketOf(routeKey: string): TokenBucket | undefined {
    if (!buckets.has(routeKey))
      buckets.set(routeKey, bucketFor({ ...stage.defaultThrottle, ...stage.routeThrottles[routeKey] }));
    return buckets.get(routeKey);
  }

  return (routeKey) => bucketOf(routeKey)?.take() ?? true;
}

function bucketFor({ rate, burst }: RouteThrottle): TokenBucket | undefined {
  if (rate === undefined && burst === undefined) return undefined;
  return createTokenBucket(rate ?? Number.POSITIVE_INFINITY, burst ?? Math.ceil(rate ?? 0));
}
