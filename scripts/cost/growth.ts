import { type Alternative, alternativesTo } from './alternatives.ts';
import { billOf, type Case } from './bill.ts';
import { withConnections } from './workload.ts';

export const GROWTH = [100, 1_000, 10_000, 100_000, 1_000_000] as const;

/** The same behaviour with `connections` connections: what it costs here and elsewhere, a month. */
export interface Size {
  readonly connections: number;
  readonly dollars: number;
  readonly alternatives: readonly Alternative[];
}

export function sizeOf(given: Case, connections: number): Size {
  const workload = withConnections(given.workload, connections);
  return {
    connections,
    dollars: billOf({ ...given, workload }).total,
    alternatives: alternativesTo(workload, given.freeTier),
  };
}

/** From how many connections to how many, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Between ten and a million connections. */
export interface Comparison {
  /** Where a deployment costs less than the alternative. */
  readonly cheaper: readonly Range[];
  /** Where the alternative is to be had at all; its end is its largest size, or a million. */
  readonly offered: Range;
}

const LEAST = 10;
const MOST = 1_000_000;
const STEPS_A_DECADE = 20;

/** Looked for in steps of an eighth, then to the connection; of what turns twice within one step nothing is seen. */
export function compare(given: Case, name: string): Comparison {
  const other = (connections: number): number | undefined =>
    sizeOf(given, connections).alternatives.find((each) => each.name === name)?.dollars;
  const isCheaper = (connections: number): boolean => {
    const theirs = other(connections);
    return theirs !== undefined && sizeOf(given, connections).dollars < theirs;
  };
  const offered = rangesWhere((connections) => other(connections) !== undefined);
  return { cheaper: rangesWhere(isCheaper), offered: offered[0] ?? { from: LEAST, to: LEAST } };
}

function rangesWhere(holds: (connections: number) => boolean): Range[] {
  const steps = Array.from({ length: Math.log10(MOST / LEAST) * STEPS_A_DECADE }, (_, index) =>
    Math.round(LEAST * 10 ** ((index + 1) / STEPS_A_DECADE)),
  );
  const ranges: Range[] = [];
  let before = LEAST;
  let from = holds(LEAST) ? LEAST : undefined;
  for (const step of steps) {
    if (holds(step) !== (from !== undefined)) {
      const turn = firstWhere((connections) => holds(connections) === holds(step), before, step);
      if (from !== undefined) ranges.push({ from, to: turn - 1 });
      from = from === undefined ? turn : undefined;
    }
    before = step;
  }
  return from === undefined ? ranges : [...ranges, { from, to: MOST }];
}

/** The first whole number above `below`, where it does not hold, up to `at`, where it does. */
function firstWhere(holds: (value: number) => boolean, below: number, at: number): number {
  let [low, high] = [below, at];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** A sentence's worth of where a deployment costs less. */
export function describeCheaper({ cheaper }: Comparison): string {
  if (cheaper.length === 0) return 'nowhere';
  return cheaper
    .map(({ from, to }) => {
      const [first, last] = [from.toLocaleString('en-US'), to.toLocaleString('en-US')];
      if (from === LEAST) return to === MOST ? 'everywhere' : `up to ${last} connections`;
      return to === MOST ? `from ${first} connections on` : `from ${first} to ${last}`;
    })
    .join(', ');
}
