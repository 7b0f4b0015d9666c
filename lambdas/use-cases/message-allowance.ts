import type { Clock } from '../ports/clock.ts';
import { recent } from '../protocol/recent.ts';

const WINDOW_IN_SECONDS = 10;
const WINDOW_IN_MILLISECONDS = WINDOW_IN_SECONDS * 1_000;

/** More than an environment, which answers one message after the other, hears of within ten seconds. */
const REMEMBERED_CONNECTIONS = 10_000;

interface Speech {
  /** Which ten seconds since 1970 it is about. */
  readonly window: number;
  /** Messages that were let through in these, and in the ten seconds before them. */
  readonly count: number;
  readonly countBefore: number;
  readonly exceeded: boolean;
}

/** `exceeded`: refused, for the first time within ten seconds; `still-exceeded`: refused again. */
export type Allowance = 'allowed' | 'exceeded' | 'still-exceeded';

/**
 * How much one connection may say: so many messages a second, averaged over the last ten seconds, in which those before
 * the current full ten count by the share of them that is still within reach. What was refused is not counted, so a
 * client that goes on too fast is served at the speed allowed.
 *
 * Counted in the memory of one environment, and Lambda runs as many of these as a connection has messages under way: a bound on
 * what a client can make each of them do, with nothing to be read or written for it.
 */
export function messageAllowance(
  clock: Clock,
  maxMessagesPerSecond: number,
): (connectionId: string) => Allowance {
  const speeches = recent<Speech>(REMEMBERED_CONNECTIONS);
  const most = maxMessagesPerSecond * WINDOW_IN_SECONDS;

  return (connectionId) => {
    const now = clock.now();
    const speech = speechAt(speeches.get(connectionId), Math.floor(now / WINDOW_IN_MILLISECONDS));
    const shareBefore = 1 - (now % WINDOW_IN_MILLISECONDS) / WINDOW_IN_MILLISECONDS;
    if (speech.count + speech.countBefore * shareBefore < most) {
      speeches.set(connectionId, { ...speech, count: speech.count + 1 });
      return 'allowed';
    }
    speeches.set(connectionId, { ...speech, exceeded: true });
    return speech.exceeded ? 'still-exceeded' : 'exceeded';
  };
}

function speechAt(known: Speech | undefined, window: number): Speech {
  if (known?.window === window) return known;
  const countBefore = known?.window === window - 1 ? known.count : 0;
  return { window, count: 0, countBefore, exceeded: false };
}
