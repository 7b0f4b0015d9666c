/**
 * Compiles the path pattern of a cache behaviour: `*` stands for any run of characters, `?` for one; case counts, the
 * query string does not, and the leading slash may be left out.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
 */
export function compilePathPattern(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/^\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const compiled = new RegExp(`^/${source}$`, 's');
  return (path) => compiled.test(normalize(path));
}

/**
 * Paths are compared in the normal form of RFC 3986: no dot segments, no needless escapes. The origin gets the path as
 * it came.
 */
function normalize(path: string): string {
  const unescaped = path.replace(/%([2-7][0-9A-Fa-f])/g, (escaped, code: string) => {
    const character = String.fromCharCode(Number.parseInt(code, 16));
    return /[\w.~-]/.test(character) ? character : escaped;
  });
  const segments: string[] = [];
  for (const segment of unescaped.split('/').slice(1)) {
    if (segment === '..') segments.pop();
    else if (segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}
