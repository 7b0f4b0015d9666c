import { createHash, createHmac } from 'node:crypto';
import { queryParameters } from './query-parameters.ts';
import { secureEqualsAny } from './secure-compare.ts';

/** A request of the HTTP API, as far as it is signed. */
export interface SignedRequest {
  readonly method: string;
  /** Path without a stage or another prefix, decoded once, as API Gateway hands it on. */
  readonly path: string;
  /** The raw query string, without `?`. */
  readonly query: string;
  readonly body: Uint8Array;
}

/**
 * Why a request is not taken: `status` and `text` are what Reverb answers, `detail` is for the log and says what was
 * expected; a caller without the secret learns nothing from it. Only what is refused for its `signature` might be right with
 * another secret.
 */
export interface RefusedRequest {
  readonly reason: 'app' | 'key' | 'signature' | 'time';
  readonly status: 401 | 404;
  readonly text: string;
  readonly detail: string;
}

/** Seconds that a caller's clock may be off. Source: https://pusher.com/docs/channels/library_auth_reference/rest-api/ */
export const MAX_CLOCK_SKEW_IN_SECONDS = 600;

/** Never part of the signed text, or put there anew. Source: laravel/reverb `Http/Controllers/Controller.php`. */
const NOT_SIGNED = new Set(['auth_signature', 'body_md5', 'appId', 'appKey', 'channelName']);

/** The slashes in between are the user's: no other path names anything that may have some. */
const OF_A_USER = /^(\/apps\/[^/]+\/users\/)(.+)(\/terminate_connections)$/s;

export function unknownApp(appId: string): RefusedRequest {
  return {
    reason: 'app',
    status: 404,
    text: `No matching application for ID [${appId}].`,
    detail: 'the path names another app than the configured one',
  };
}

/**
 * Checks a request's key, signature and time; undefined when all are right. The text signed is
 * `METHOD\n/path\nk=v&k=v…`, parameters decoded and sorted, `body_md5` taken from the body itself. Other than Reverb, a
 * request is refused too when `auth_key` is another app's, or `auth_timestamp` is more than ten minutes off: else whoever has
 * seen one request could repeat it for ever.
 */
export function refusalOfRequest(
  request: SignedRequest,
  trusted: {
    readonly appKey: string;
    readonly secrets: readonly string[];
    /** Epoch seconds. */
    readonly now: number;
  },
): RefusedRequest | undefined {
  const parameters = queryParameters(request.query);
  if (parameters.get('auth_key') !== trusted.appKey) {
    return unauthorized('key', 'auth_key is missing or another than the key of the app');
  }
  const expected = signedTexts(request, parameters).flatMap((text) =>
    trusted.secrets.map((secret) => createHmac('sha256', secret).update(text).digest('hex')),
  );
  if (!secureEqualsAny(parameters.get('auth_signature') ?? '', expected)) {
    return unauthorized(
      'signature',
      'auth_signature is missing or does not fit method, path, parameters, body and secret',
    );
  }
  const timestamp = parameters.get('auth_timestamp') ?? '';
  const skew = /^\d{1,15}$/.test(timestamp) ? Math.abs(trusted.now - Number(timestamp)) : Number.NaN;
  if (!(skew <= MAX_CLOCK_SKEW_IN_SECONDS)) {
    return unauthorized(
      'time',
      Number.isNaN(skew)
        ? 'auth_timestamp must be a time in epoch seconds'
        : `auth_timestamp is ${Math.round(skew)} seconds off; at most ${MAX_CLOCK_SKEW_IN_SECONDS} are allowed: check the clock of the caller`,
    );
  }
  return undefined;
}

function signedTexts(
  { method, path, body }: SignedRequest,
  parameters: ReadonlyMap<string, string>,
): readonly string[] {
  const signed = [...parameters].filter(([name]) => !NOT_SIGNED.has(name));
  if (body.length > 0) signed.push(['body_md5', createHash('md5').update(body).digest('hex')]);
  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  const query = signed.map(([name, value]) => `${name}=${value}`).join('&');
  return writingsOf(path).map((writing) => [method, writing, query].join('\n'));
}

/**
 * The server SDKs sign a path and encode it after that. Who encodes first, as Reverb wants it, does so in one of two ways: everything
 * that could mean something, or only what a path cannot hold. Nearly every path is the same in all three.
 */
function writingsOf(path: string): readonly string[] {
  const text = path.toWellFormed();
  const [, before = '', userId = '', after = text] = OF_A_USER.exec(text) ?? [];
  const thorough = `${encodeSegments(before)}${encodeURIComponent(userId)}${encodeSegments(after)}`;
  const sparing = encodeURI(text).replace(/[?#]/g, encodeURIComponent);
  return [...new Set([path, thorough, sparing])];
}

function encodeSegments(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function unauthorized(reason: RefusedRequest['reason'], detail: string): RefusedRequest {
  return { reason, status: 401, text: 'Authentication signature invalid.', detail };
}
