import type { IncomingHttpHeaders } from 'node:http';
import type { HttpApiCors } from '../../http-api.ts';
import type { HttpAnswer } from './proxy-response.ts';

/** Whether API Gateway answers this itself: with a CORS configuration it does so whatever the routes say. */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && 'origin' in headers && 'access-control-request-method' in headers;
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export function preflightAnswer(cors: HttpApiCors, origin: string | undefined): HttpAnswer {
  const headers = corsHeaders(cors, origin);
  if (headers.length === 0) return { status: 204, headers, body: Buffer.alloc(0) };
  if (cors.allowMethods.length > 0)
    headers.push(['access-control-allow-methods', cors.allowMethods.join(',')]);
  if (cors.allowHeaders.length > 0)
    headers.push(['access-control-allow-headers', cors.allowHeaders.join(',')]);
  if (cors.maxAgeInSeconds !== undefined)
    headers.push(['access-control-max-age', String(cors.maxAgeInSeconds)]);
  return { status: 204, headers, body: Buffer.alloc(0) };
}

/** The integration's own CORS headers are overwritten, also when the origin is not allowed. */
export function withCors(answer: HttpAnswer, cors: HttpApiCors, origin: string | undefined): HttpAnswer {
  const others = answer.headers.filter(([name]) => !name.toLowerCase().startsWith('access-control-'));
  return { ...answer, headers: [...others, ...corsHeaders(cors, origin)] };
}

function corsHeaders(cors: HttpApiCors, origin: string | undefined): [string, string][] {
  if (origin === undefined || !cors.allowOrigins.some((allowed) => admits(allowed, origin))) return [];
  const headers: [string, string][] = [
    ['access-control-allow-origin', cors.allowOrigins.includes('*') ? '*' : origin],
  ];
  if (cors.allowCredentials) headers.push(['access-control-allow-credentials', 'true']);
  if (cors.exposeHeaders.length > 0)
    headers.push(['access-control-expose-headers', cors.exposeHeaders.join(',')]);
  return headers;
}

/** Whether an allowed origin stands for many: for all, or for all of one scheme. */
export function isOriginPattern(allowed: string): boolean {
  return allowed === '*' || allowed === 'https://*' || allowed === 'http://*';
}

function admits(allowed: string, origin: string): boolean {
  return isOriginPattern(allowed) ? origin.startsWith(allowed.slice(0, -1)) : allowed === origin;
}
