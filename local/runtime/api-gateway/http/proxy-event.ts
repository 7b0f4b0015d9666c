import type { IncomingMessage } from 'node:http';
import { commonLogTime, gatewayId } from '../identifiers.ts';
import { gatewayHeaders, sourceIp } from '../request-headers.ts';
import type { MatchedRoute } from './route-table.ts';

export interface HttpRequest {
  readonly request: IncomingMessage;
  /** Decoded, stage included. */
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly body: Buffer;
}

export interface HttpEventFacts {
  readonly accountId: string;
  readonly apiId: string;
  readonly domainName: string;
  readonly stage: string;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/** An event of payload format 2.0, as far as others look into it. */
export interface HttpEvent {
  readonly requestContext: {
    readonly requestId: string;
    readonly time: string;
    readonly timeEpoch: number;
    readonly [member: string]: unknown;
  };
  readonly [member: string]: unknown;
}

/**
 * The event of payload format 2.0: header names in lower case, what is repeated joined with commas, cookies on their
 * own. Bodies are text for a few content types and base64 for every other, forms included (measured on AWS).
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function proxyEvent(
  { request, rawPath, rawQueryString, body }: HttpRequest,
  { route, pathParameters }: MatchedRoute,
  facts: HttpEventFacts,
): HttpEvent {
  const { cookies, headers } = joinHeaders(request, facts.domainName);
  const query = joinPairs(new URLSearchParams(rawQueryString));
  const now = Date.now();
  const isText = isTextual(headers['content-type']);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      accountId: facts.accountId,
      apiId: facts.apiId,
      domainName: facts.domainName,
      domainPrefix: facts.domainName.split('.')[0],
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceIp(request),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: gatewayId(),
      routeKey: route.routeKey,
      stage: facts.stage,
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(Object.keys(facts.stageVariables).length > 0 && { stageVariables: facts.stageVariables }),
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function joinHeaders(
  request: IncomingMessage,
  domainName: string,
): { headers: Record<string, string>; cookies: string[] } {
  const cookies: string[] = [];
  const lower: [string, string][] = [];
  for (const [name, value] of gatewayHeaders(request, domainName)) {
    const lowerName = name.toLowerCase();
    if (lowerName === 'cookie') cookies.push(...value.split('; '));
    else if (!hopHeaders.has(lowerName)) lower.push([lowerName, value]);
  }
  return { headers: joinPairs(lower), cookies };
}

const hopHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

function joinPairs(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of pairs) joined[name] = name in joined ? `${joined[name]},${value}` : value;
  return joined;
}

function isTextual(contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || textualTypes.has(type);
}

const textualTypes = new Set(['application/json', 'application/xml', 'application/javascript']);
