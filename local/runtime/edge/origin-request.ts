import { randomBytes } from 'node:crypto';
import type { Header, ViewerRequest } from './viewer-request.ts';

/** What of a viewer's request an origin gets to see, besides what CloudFront always sends. */
export interface OriginRequestPolicy {
  readonly headers: 'none' | 'all' | 'all-but-host';
  readonly cookiesAndQuery: boolean;
}

/**
 * The managed policies that are executed, by id.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const managedOriginRequestPolicies: ReadonlyMap<string, OriginRequestPolicy> = new Map([
  ['216adef6-5c7f-47e4-b989-5492eafa07d3', { headers: 'all', cookiesAndQuery: true }],
  ['b689b0a8-53d0-40ab-baf2-68738e2966ac', { headers: 'all-but-host', cookiesAndQuery: true }],
]);

export const withoutPolicy: OriginRequestPolicy = { headers: 'none', cookiesAndQuery: false };

/** Nothing is cached here, so that only this managed policy is executed. */
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

export interface Origin {
  readonly id: string;
  /** Of AWS; the address book knows where it is. */
  readonly domainName: string;
  /** `http://127.0.0.1:49152` */
  readonly address: string;
  /** `/dev`, in front of every path. */
  readonly path: string;
  /** Sent to the origin whatever the viewer sent under these names. */
  readonly customHeaders: readonly Header[];
  readonly readTimeoutInSeconds: number;
}

export interface OriginRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
}

/** Headers of the hop, and those that CloudFront takes away. */
const removed = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-real-ip',
]);

/** They describe the body, which always goes along. */
const always = new Set(['content-length', 'content-type', 'content-encoding']);

/** Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html */
export function originRequest(
  { method, uri, query, headers }: ViewerRequest,
  origin: Origin,
  policy: OriginRequestPolicy,
  viewerIp: string,
): OriginRequest {
  const custom = new Set(origin.customHeaders.map(([name]) => name.toLowerCase()));
  const viewerHost = headers.find(([name]) => name.toLowerCase() === 'host')?.[1];
  const forwarded = headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (removed.has(lower) || custom.has(lower) || lower === 'host') return false;
    if (always.has(lower)) return true;
    if (lower === 'cookie') return policy.cookiesAndQuery;
    return policy.headers !== 'none';
  });
  if (!forwarded.some(([name]) => name.toLowerCase() === 'user-agent'))
    forwarded.push(['User-Agent', 'Amazon CloudFront']);
  const forwardedFor = headers
    .filter(([name]) => name.toLowerCase() === 'x-forwarded-for')
    .map(([, value]) => value);
  const path = `${origin.path}${uri}`;
  return {
    method,
    path: policy.cookiesAndQuery && query !== undefined ? `${path}?${query}` : path,
    headers: [
      ['Host', policy.headers === 'all' && viewerHost !== undefined ? viewerHost : origin.domainName],
      ...forwarded,
      ['X-Forwarded-For', [...forwardedFor, viewerIp].join(', ')],
      ['Via', '1.1 local.cloudfront.net (CloudFront)'],
      ['X-Amz-Cf-Id', `${randomBytes(40).toString('base64url')}==`],
      ...origin.customHeaders,
    ],
  };
}
