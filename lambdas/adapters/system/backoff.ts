/**
 * Milliseconds to wait before attempt `attempt` (1 is the first repetition): full jitter over an exponential ceiling,
 * so that those who failed together do not come back together.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function jitteredBackoff(
  attempt: number,
  baseInMilliseconds: number,
  ceilingInMilliseconds: number,
): number {
  return Math.random() * Math.min(ceilingInMilliseconds, baseInMilliseconds * 2 ** (attempt - 1));
}
