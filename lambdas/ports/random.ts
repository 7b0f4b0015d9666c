/** Uniform in [0, 1), as `Math.random`. Spreads retries; decides nothing that has to be secret. */
export type Random = () => number;
