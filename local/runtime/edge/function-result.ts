import type { EdgeFunctionEvent, EdgeValue } from '../edge-functions.ts';
import { type Header, isHiddenHeader, readOnlyHeaders, type ViewerRequest } from './viewer-request.ts';

/** What a function returned is not what CloudFront takes. The viewer gets 502. */
export class EdgeFunctionInvalid extends Error {
  override readonly name = 'EdgeFunctionInvalid';
}

/** An answer to the viewer that no origin gave. */
export interface EdgeAnswer {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

type Values = Readonly<Record<string, EdgeValue>>;

/** Longest path with query that a function may produce, in characters. */
const MAX_URL_LENGTH = 8192;

/**
 * Applies what a viewer-request function returned: the request, changed or not, or a response of its own.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 * @throws EdgeFunctionInvalid
 */
export function applyFunctionResult(
  result: unknown,
  before: ViewerRequest,
  event: EdgeFunctionEvent,
): ViewerRequest | EdgeAnswer {
  if (typeof result !== 'object' || result === null)
    throw new EdgeFunctionInvalid('The function returned neither a request nor a response.');
  if ('statusCode' in result) return readAnswer(result);
  const after = result as { method?: unknown; uri?: unknown; querystring?: unknown } & {
    headers?: Values;
    cookies?: Values;
  };
  if (after.method !== before.method) throw new EdgeFunctionInvalid('The method is read-only.');
  if (typeof after.uri !== 'string' || !after.uri.startsWith('/'))
    throw new EdgeFunctionInvalid('The uri must start with a slash.');
  const query = readQuery(after.querystring, event.request.querystring, before.query);
  const url = query === undefined ? after.uri : `${after.uri}?${query}`;
  if (url.length >= MAX_URL_LENGTH || !/^[!-~]*$/.test(url) || url.includes('#'))
    throw new EdgeFunctionInvalid('The uri or querystring is too long or has characters that no URL has.');
  const headers = readHeaders(after.headers ?? {}, event.request.headers, before);
  const cookies = entries(after.cookies ?? {}, event.request.cookies);
  if (cookies.length > 0)
    headers.push(['Cookie', cookies.map(([name, value]) => `${name}=${value}`).join('; ')]);
  return { method: before.method, uri: after.uri, query, headers };
}

/** A string is taken as it is; an object that was not touched leaves the query string as it came. */
function readQuery(after: unknown, original: Values, raw: string | undefined): string | undefined {
  if (typeof after === 'string') return after === '' ? undefined : after;
  if (typeof after !== 'object' || after === null)
    throw new EdgeFunctionInvalid('The querystring must be an object or a string.');
  if (JSON.stringify(after) === JSON.stringify(original)) return raw;
  const pairs = entries(after as Values, original);
  return pairs.length === 0 ? undefined : pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function readHeaders(after: Values, original: Values, before: ViewerRequest): Header[] {
  for (const name of Object.keys(after)) {
    if (name !== name.toLowerCase())
      throw new EdgeFunctionInvalid(`The header ${name} is not in lower case.`);
    if (isHiddenHeader(name)) throw new EdgeFunctionInvalid(`The header ${name} may not be set.`);
  }
  for (const name of readOnlyHeaders)
    if (JSON.stringify(after[name]) !== JSON.stringify(original[name]))
      throw new EdgeFunctionInvalid(`The header ${name} is read-only.`);
  const kept = before.headers.filter(([name]) => isHiddenHeader(name.toLowerCase()));
  return [...kept, ...entries(after, original).map(([name, value]): Header => [capitalize(name), value])];
}

/** `multiValue` counts, unless only `value` was changed. */
function entries(after: Values, original: Values): Header[] {
  return Object.entries(after).flatMap(([name, entry]): Header[] => {
    const values = valuesOf(name, entry, Object.hasOwn(original, name) ? original[name] : undefined);
    return values.map((value) => [name, value]);
  });
}

function valuesOf(name: string, entry: EdgeValue, original: EdgeValue | undefined): string[] {
  const { value, multiValue } = (entry ?? {}) as Partial<EdgeValue>;
  const onlyValueChanged =
    value !== original?.value && JSON.stringify(multiValue) === JSON.stringify(original?.multiValue);
  const values = multiValue && !onlyValueChanged ? multiValue.map((each) => each?.value) : [value];
  if (!values.every((each): each is string => typeof each === 'string'))
    throw new EdgeFunctionInvalid(`The value of ${name} is no string.`);
  return values;
}

/** How header names go out once a function has run: `x-custom-header` → `X-Custom-Header`. */
function capitalize(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

function readAnswer(result: object): EdgeAnswer {
  const { statusCode, statusDescription, headers, cookies, body } = result as Record<string, unknown>;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599)
    throw new EdgeFunctionInvalid(`The statusCode ${JSON.stringify(statusCode)} is none.`);
  const pairs = entries((headers ?? {}) as Values, {});
  for (const [name, value] of entries((cookies ?? {}) as Values, {}))
    pairs.push(['set-cookie', `${name}=${value}`]);
  return {
    status: statusCode,
    ...(typeof statusDescription === 'string' && { statusText: statusDescription }),
    headers: pairs,
    body: readBody(body),
  };
}

function readBody(body: unknown): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  const { data, encoding } = body as { data?: unknown; encoding?: unknown };
  if (typeof data !== 'string')
    throw new EdgeFunctionInvalid('The body is neither text nor {data, encoding}.');
  return Buffer.from(data, encoding === 'base64' ? 'base64' : 'utf8');
}
