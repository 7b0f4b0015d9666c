const matchers = new Map<string, RegExp>();

/** IAM's `*` (any run of characters) and `?` (one character); everything else is literal. */
export function matchesWildcard(pattern: string, value: string, ignoreCase = false): boolean {
  if (pattern === '*') return true;
  const key = `${ignoreCase ? 'i' : 's'}${pattern}`;
  let matcher = matchers.get(key);
  if (!matcher) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    matcher = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
    matchers.set(key, matcher);
  }
  return matcher.test(value);
}
