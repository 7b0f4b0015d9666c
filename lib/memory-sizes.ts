/**
 * Megabytes of memory by what a function is for, and with them its share of a core. Chosen by `npm run bench -- memory`: CPU time costs the same at
 * every size, only waits cost more, so that the price hardly tells sizes apart (a million events cost at most $0.66 with 512 MB); what does is how
 * long somebody waits for a cold start. A token's client that finds all three functions of its greeting cold waits 2.6 s with 256 MB each, 1.3 s
 * with 512 MB, 0.7 s with 1,024 MB.
 */
export const MEMORY_IN_MEGABYTES = {
  /** Between a handshake and its first frame, which clients expect within a second. */
  greeting: 1_024,
  /** Somebody waits for an answer, most often from a warm function. */
  answering: 512,
  /** Nobody waits. */
  following: 256,
  /** One whole core: posting is signing and sockets, and one environment at a time does it for a shard. */
  posting: 1_769,
} as const;

export type Purpose = keyof typeof MEMORY_IN_MEGABYTES;
