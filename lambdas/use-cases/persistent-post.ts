import type { Clock } from '../ports/clock.ts';
import type { ConnectionGateway, PostOutcome } from '../ports/connection-gateway.ts';
import type { Random } from '../ports/random.ts';

const BASE_IN_MILLISECONDS = 50;
const CEILING_IN_MILLISECONDS = 1_000;

/** How long a post and its repetitions take before somebody else has to try; who cannot wait as long says so. */
export const RETRY_BUDGET_IN_MILLISECONDS = 5_000;

/**
 * Milliseconds to wait before repetition `attempt` (0 is the first): exponential, half of it random, so that those who were
 * throttled together do not come back together.
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("equal jitter")
 */
export function backoff(
  attempt: number,
  random: Random,
  ceilingInMilliseconds = CEILING_IN_MILLISECONDS,
): number {
  const ceiling = Math.min(ceilingInMilliseconds, BASE_IN_MILLISECONDS * 2 ** attempt);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/**
 * Posts, and posts again while the answer is `throttled` or `unavailable`, until the budget since the first try is used up
 * or the time `notAfter` (epoch milliseconds) would have passed; then that answer is the outcome. A try that hangs counts: after one
 * of seconds there is no other where only a moment is to be spent. What does not count is how long a try waits for its turn among those
 * of others: where many channels are busy that takes longer than a moment, and says nothing about this connection.
 */
export const persistentPost =
  (
    deps: { readonly gateway: ConnectionGateway; readonly clock: Clock; readonly random: Random },
    budgetInMilliseconds = RETRY_BUDGET_IN_MILLISECONDS,
  ) =>
  async (connectionId: string, frame: string, notAfter = Number.POSITIVE_INFINITY): Promise<PostOutcome> => {
    const { clock } = deps;
    let deadline = clock.now() + budgetInMilliseconds;
    for (let attempt = 0; ; attempt++) {
      const asked = clock.now();
      const outcome = await deps.gateway.post(connectionId, frame, () => {
        deadline += clock.now() - asked;
      });
      if (outcome !== 'throttled' && outcome !== 'unavailable') return outcome;
      const wait = backoff(attempt, deps.random);
      if (clock.now() + wait > Math.min(notAfter, deadline)) return outcome;
      await clock.sleep(wait);
    }
  };
