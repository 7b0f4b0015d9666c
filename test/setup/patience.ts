/**
 * How long a test waits for what has to come, in milliseconds. Nothing waits for that long where all is well: it bounds how
 * slow or busy a machine may be before a test takes it for a failure.
 */
export const PATIENCE_IN_MILLISECONDS = 20_000;
