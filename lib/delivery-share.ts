import type { ThrottlingConfig } from './deployment-config.ts';

/**
 * Posts that one environment of `deliver` begins in a second: what its one core does with room to spare, reading and noting included.
 */
const POSTS_OF_AN_ENVIRONMENT = 4_000;

/**
 * Two at least, the fewest that Lambda takes, and so that one large channel does not hold up another.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
const LEAST_ENVIRONMENTS = 2;

export interface DeliveryShare {
  /** Environments of `deliver` at work at once. */
  readonly environments: number;
  /** Of each of them. */
  readonly postsPerSecond: number;
}

/**
 * What of the quota is for large audiences: four fifths, however many of them there are. The last fifth is left to who posts to small ones,
 * greets and closes, and to handshakes and messages, which count too: the quota knows no tenants, and one channel with many listeners could
 * use up all of it.
 */
export function deliveryShare({ postsPerSecond }: ThrottlingConfig): DeliveryShare {
  const share = (4 * postsPerSecond) / 5;
  const environments = Math.max(LEAST_ENVIRONMENTS, Math.ceil(share / POSTS_OF_AN_ENVIRONMENT));
  return { environments, postsPerSecond: Math.floor(share / environments) };
}
