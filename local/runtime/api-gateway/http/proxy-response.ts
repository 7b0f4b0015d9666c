/** What goes back to the client. Header names as the function gave them. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/**
 * What a function's result says in payload format 2.0: with a `statusCode` it is taken apart, without one the whole
 * value is the body of a 200. Undefined when it is malformed.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function proxyResponse(payload: unknown): HttpAnswer | undefined {
  if (payload === null || typeof payload !== 'object' || !('statusCode' in payload)) {
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(body) };
  }
  const { statusCode, headers, body, cookies, isBase64Encoded } = payload as {
    statusCode: unknown;
    headers?: Record<string, unknown> | null;
    body?: unknown;
    cookies?: unknown;
    isBase64Encoded?: unknown;
  };
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const pairs: [string, string][] = Object.entries(headers ?? {}).map(([name, value]) => [
    name,
    String(value),
  ]);
  if (!pairs.every(isHeader)) return undefined;
  for (const cookie of Array.isArray(cookies) ? cookies : []) pairs.push(['set-cookie', String(cookie)]);
  if (body && !pairs.some(([name]) => name.toLowerCase() === 'content-type'))
    pairs.push(['content-type', 'text/plain; charset=utf-8']);
  return { status, headers: pairs, body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8') };
}

function isHeader([name, value]: readonly [string, string]): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** API Gateway's own answers: `{"message":"Not Found"}`. */
export function gatewayAnswer(status: number, message: string): HttpAnswer {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ message })),
  };
}
