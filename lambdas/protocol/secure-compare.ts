import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether two texts are the same, in a time that tells nothing about where they differ. The only place that compares a
 * secret, or a signature made with one. Digests are compared, since `timingSafeEqual` wants equal lengths.
 */
export function secureEquals(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether it is one of them; looks at all of them in any case. */
export function secureEqualsAny(given: string, expected: readonly string[]): boolean {
  return expected.map((candidate) => secureEquals(given, candidate)).includes(true);
}

// As UTF-16: in UTF-8 all unpaired surrogates are the same character.
function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf16le').digest();
}
