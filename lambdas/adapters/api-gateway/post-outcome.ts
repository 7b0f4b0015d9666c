import type { PostOutcome } from '../../ports/connection-gateway.ts';

/**
 * The one place where answers of the `@connections` API become outcomes of the port. Names come from a header that API Gateway does not
 * always send, statuses do not tell a throttled from a refused request on other services: either is enough. Undefined for what
 * is left (403 of a missing grant or a wrong stage, 400): that is nobody's outcome.
 */
export function outcomeOf(status: number | undefined, name: string | undefined): PostOutcome | undefined {
  if (name === 'GoneException' || status === 410) return 'gone';
  if (name === 'LimitExceededException' || status === 429) return 'throttled';
  if (name === 'PayloadTooLargeException' || status === 413) return 'too-large';
  if (status === undefined) return undefined;
  if (status >= 500) return 'unavailable';
  return status >= 200 && status < 300 ? 'delivered' : undefined;
}

const NETWORK_ERROR_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether there was no answer at all: a time-out, or a socket that broke or never came about. */
export function isNetworkFailure(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'TimeoutError' || (code !== undefined && NETWORK_ERROR_CODES.has(code));
}
