import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * The request as Signature Version 4 hashes it. The path is encoded once more than it is on the wire, as every service
 * but S3 has it; the host stands in `headers` as the client sent it.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  request: IncomingMessage,
  signedHeaders: readonly string[],
  body: Buffer,
): string {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  return [
    request.method,
    canonicalPath(path),
    query === '' ? '' : canonicalQuery(query),
    ...signedHeaders.map((name) => `${name}:${headerValue(request, name)}`),
    '',
    signedHeaders.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
}

function canonicalPath(path: string): string {
  if (path === '/') return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return `${recode(name)}=${equals < 0 ? '' : recode(pair.slice(equals + 1))}`;
    })
    .sort()
    .join('&');
}

function headerValue(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  const joined = Array.isArray(value) ? value.join(',') : (value ?? '');
  return joined.replace(/\s+/g, ' ').trim();
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Different clients leave different characters unencoded; the canonical form has one way for each. */
function recode(text: string): string {
  try {
    return encode(decodeURIComponent(text));
  } catch {
    return text;
  }
}
