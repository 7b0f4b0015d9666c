/** Counts what somebody does, across all environments of a function. */
export interface Allowance {
  /**
   * Takes one of `most` a second for `name`; how long to wait when there is none left. Exact to the boundaries of the seconds: of
   * two neighbouring ones, twice as many may fall into one second.
   */
  take(name: string, most: number): Promise<AllowanceOutcome>;
}

export type AllowanceOutcome =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'exhausted'; readonly retryAfterInSeconds: number };
