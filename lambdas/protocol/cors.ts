import { isOriginAllowed } from './allowed-origin.ts';

/** Headers of a request that CORS is about. */
export interface CrossOriginRequest {
  /** `Origin` */
  readonly origin?: string;
  /** `Access-Control-Request-Headers`, of a preflight. */
  readonly requestedHeaders?: string;
}

/** What Echo and pusher-js send when they are not told to send more. */
const USUAL_HEADERS = 'authorization,content-type,x-requested-with,x-csrf-token,x-socket-id';

const HEADER_LIST = /^[-!#$%&'*+.^_`|~0-9A-Za-z, \t]{1,1000}$/;

/** Seconds that a browser may remember a preflight; browsers cap it at two hours. */
const MAX_AGE_IN_SECONDS = 7200;

/**
 * Headers of an answer that pages of the allowed origins may read; without `access-control-allow-origin` when the origin is
 * none of them. No cookie is ever looked at, so credentials are not allowed and `*` is safe.
 * Source: https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export function corsHeaders(
  request: CrossOriginRequest,
  allowedOrigins: readonly string[],
): Record<string, string> {
  if (allowedOrigins.includes('*')) return { 'access-control-allow-origin': '*' };
  const { origin } = request;
  const varying = { vary: 'Origin' };
  return origin !== undefined && isOriginAllowed(origin, allowedOrigins)
    ? { 'access-control-allow-origin': origin, ...varying }
    : varying;
}

/** Headers of the answer to a preflight: any header that the page asks for may be sent. `methods`: a list with commas. */
export function preflightHeaders(
  request: CrossOriginRequest,
  allowedOrigins: readonly string[],
  methods = 'POST, OPTIONS',
): Record<string, string> {
  const headers = corsHeaders(request, allowedOrigins);
  if (headers['access-control-allow-origin'] === undefined) return headers;
  const { requestedHeaders = '' } = request;
  return {
    ...headers,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': HEADER_LIST.test(requestedHeaders) ? requestedHeaders : USUAL_HEADERS,
    'access-control-max-age': String(MAX_AGE_IN_SECONDS),
  };
}
