import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { EdgeFunctionEvent, EdgeValue } from '../edge-functions.ts';

/** A header as often as it occurs. */
export type Header = readonly [name: string, value: string];

/** A viewer's request on its way to the origin; a function may have changed it. */
export interface ViewerRequest {
  readonly method: string;
  /** Path, as it is on the wire. */
  readonly uri: string;
  /** Without `?`; undefined without a query string. */
  readonly query: string | undefined;
  readonly headers: readonly Header[];
}

/** `host`: how the viewer calls the distribution; functions and origins know it by its name on AWS. */
export function readViewerRequest(request: IncomingMessage, host: string): ViewerRequest {
  const [uri = '/', query] = (request.url ?? '/').split(/\?(.*)/s, 2);
  const headers: Header[] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const value = request.rawHeaders[index + 1] ?? '';
    headers.push([name, name.toLowerCase() === 'host' ? host : value]);
  }
  return { method: request.method ?? 'GET', uri, query, headers };
}

/**
 * What a function neither sees nor may set.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
export function isHiddenHeader(name: string): boolean {
  return hidden.has(name) || /^(x-amz-cf-|x-edge-|x-amzn-|proxy-)/.test(name);
}

const hidden = new Set([
  'connection',
  'expect',
  'keep-alive',
  'trailer',
  'upgrade',
  'x-accel-buffering',
  'x-accel-charset',
  'x-accel-limit-rate',
  'x-accel-redirect',
  'x-cache',
  'x-forwarded-proto',
  'x-real-ip',
]);

/** What it may look at but not touch in a viewer request. */
export const readOnlyHeaders = ['content-length', 'host', 'transfer-encoding', 'via'] as const;

export function functionEvent(
  request: ViewerRequest,
  distribution: { readonly id: string; readonly domainName: string },
  viewerIp: string,
): EdgeFunctionEvent {
  const cookies: [string, string][] = [];
  const headers: [string, string][] = [];
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (lower === 'cookie') for (const cookie of value.split('; ')) cookies.push(splitPair(cookie));
    else if (!isHiddenHeader(lower)) headers.push([lower, value]);
  }
  return {
    version: '1.0',
    context: {
      distributionDomainName: distribution.domainName,
      distributionId: distribution.id,
      eventType: 'viewer-request',
      requestId: `${randomBytes(40).toString('base64url')}==`,
    },
    viewer: { ip: viewerIp },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: collect((request.query ?? '').split('&').filter(Boolean).map(splitPair)),
      headers: collect(headers),
      cookies: collect(cookies),
    },
    rawQueryString: request.query,
  };
}

function collect(pairs: readonly (readonly [string, string])[]): Record<string, EdgeValue> {
  const values: Record<string, { value: string; multiValue?: { value: string }[] }> = {};
  for (const [name, value] of pairs) {
    const known = Object.hasOwn(values, name) ? values[name] : undefined;
    if (!known) values[name] = { value };
    else {
      known.multiValue ??= [{ value: known.value }];
      known.multiValue.push({ value });
    }
  }
  return values;
}

function splitPair(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
}
