import { createHash } from 'node:crypto';

/**
 * A short name for the given parts: the same for the same parts, different for any others (SHA-256), 43 characters of
 * the base64url alphabet. For deduplication ids and message groups, whose length AWS limits; no secret, no signature.
 */
export function fingerprint(...parts: readonly string[]): string {
  // As JSON, so that ('a', 'bc') and ('ab', 'c') differ.
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
