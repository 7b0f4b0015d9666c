/** One figure of a benchmark, in the shape `--json` prints. */
export interface Measurement {
  readonly bench: string;
  readonly case: string;
  readonly value: number;
  readonly unit: string;
  /** value ÷ the plain way's value, where there is one. */
  readonly ratio?: number;
  /** What the plain way is. */
  readonly against?: string;
}

export interface BenchOptions {
  /** Keep what was measured where others of this repository read it. */
  readonly record: boolean;
}

/** A benchmark: measures, and says each thing it measured as soon as it knows. */
export type Bench = (options: BenchOptions) => AsyncIterable<Measurement>;

/** `share` of the sorted values lie at or below the result. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
